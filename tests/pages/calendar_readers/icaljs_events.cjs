// Events of an iCalendar file as ical.js reads them (Thunderbird), and the offset of its zone at moments of UTC.
// One line each, parted by tabs: event, uid, day, status, summary; or offset, moment, seconds.
const fs = require("fs");
const load = require("ical.js");
const ICAL = load.default || load;
const [file, ...moments] = process.argv.slice(2);
const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(file, "utf8")));
for (const part of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(part);
  if (!event.startDate.isDate) process.exit(4);
  const said = [event.uid, event.startDate.toString(), part.getFirstPropertyValue("status"), event.summary];
  console.log(["event", ...said].join("\t"));
}
const zone = new ICAL.Timezone(calendar.getFirstSubcomponent("vtimezone"));
for (const moment of moments) {
  const utc = ICAL.Time.fromString(moment.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z"));
  const there = utc.convertToZone(zone);
  const clock = ({ year, month, day, hour, minute, second }) => Date.UTC(year, month - 1, day, hour, minute, second);
  console.log(["offset", moment, (clock(there) - clock(utc)) / 1000].join("\t"));
}
