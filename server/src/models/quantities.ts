const UNITS = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** Bytes in words, decimal as hubs and disks count them: "4.28 GB". */
export function bytesInWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** A time in words, rounded as people say it: "18 minutes", "1 hour 5 minutes", "40 seconds". */
export function timeInWords(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), "second");
  // Half minutes go up: what is promised too short disappoints.
  const minutes = Math.ceil(seconds / 60 - 0.25);
  if (minutes < 90) return plural(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return rest === 0 || hours >= 10 ? plural(hours, "hour") : `${plural(hours, "hour")} ${plural(rest, "minute")}`;
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
