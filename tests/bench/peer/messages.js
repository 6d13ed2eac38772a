// The words of a reminder, made from the fields that the statement brings.
const MODES = {
  AI_ASYNC: ["AI面试", "an AI interview"],
  AI_LIVE: ["AI面试", "an AI interview"],
  VIDEO: ["视频面试", "a video interview"],
  ONSITE: ["现场面试", "an on-site interview"],
};
const MONTHS = "January February March April May June July August September October November December".split(" ");
const calendars = new Map();

function month(instant, zone) {
  if (!calendars.has(zone)) {
    calendars.set(zone, new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "numeric" }));
  }
  const parts = calendars.get(zone).formatToParts(new Date(`${instant}Z`));
  const part = (type) => Number(parts.find((it) => it.type === type).value);
  return [part("year"), part("month")];
}

export function message(reminder, { locale }) {
  const [mode, department, departmentZh, occurredAt, zone, isSame] = reminder.message;
  const [year, number] = month(occurredAt.toString(), zone);
  if (locale === "EN") {
    const when = `${MONTHS[number - 1]} ${year}`;
    if (mode === null) return `This candidate applied to ${department} in ${when}`;
    return `This candidate missed ${MODES[mode][1]} with ${isSame ? "this department" : department} in ${when}`;
  }
  const when = `${year}年${number}月`, name = departmentZh ?? department;
  if (mode === null) return `该候选人曾在${when}投递${name}岗位`;
  return `该候选人曾在${when}爽约${isSame ? "本部门" : name}${MODES[mode][0]}`;
}
