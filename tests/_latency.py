import asyncio, random, statistics, time
from tests.test_subscriptions import *
async def test_latency(door, company, graph, engine_name):
    id = await interview(company)
    async with talk(door, company.user("technology")) as client:
        await client.ask(EVENTS, id=gid("Interview", id)); await followed(door)
        took=[]
        for _ in range(60):
            await asyncio.sleep(random.random())
            await append(graph, company, id)
            t=time.perf_counter(); await client.told(); took.append((time.perf_counter()-t)*1000)
        took.sort()
        print("\nLAT", engine_name, f"median {statistics.median(took):.0f} ms, p95 {took[56]:.0f}, max {took[-1]:.0f}")
    ts=[]
    t=Tail(graph.client, utc_now)
    for _ in range(30):
        b=time.perf_counter(); await t._read(); ts.append((time.perf_counter()-b)*1000)
    print("READ", f"{statistics.median(ts):.1f} ms")
