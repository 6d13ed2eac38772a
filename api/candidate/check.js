// Tries camera, microphone and network, and fills in what came of it; the form says it to the server.
const probe = document.getElementById("probe");
const said = (name, fine) => {
  document.getElementById(name).textContent = fine ? probe.dataset.fine : probe.dataset.bad;
  return fine;
};

async function media(kind) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
    return stream.getTracks().some((track) => track.readyState === "live") ? stream : null;
  } catch {
    return null;
  }
}

async function network() {
  try {
    const begun = performance.now();
    const answers = await Promise.all([1, 2, 3].map(() => fetch("/c/icon.svg", { cache: "no-store" })));
    return answers.every((answer) => answer.ok) && performance.now() - begun < 5000;
  } catch {
    return false;
  }
}

document.getElementById("start").addEventListener("click", async () => {
  for (const name of ["camera", "microphone", "network"]) document.getElementById(name).textContent = probe.dataset.running;
  const picture = document.getElementById("picture");
  const camera = await media("video");
  if (camera) {
    picture.srcObject = camera;
    picture.hidden = false;
    await picture.play().catch(() => {});
  }
  const microphone = await media("audio");
  if (microphone) microphone.getTracks().forEach((track) => track.stop());
  const fine = [said("camera", Boolean(camera)), said("microphone", Boolean(microphone)), said("network", await network())];
  const result = fine.every(Boolean) ? "PASSED" : "FAILED";
  document.querySelector(`input[name="result"][value="${result}"]`).checked = true;
});
probe.hidden = false;
