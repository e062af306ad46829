// Numbers, sizes and times as the page writes them.

const WHOLE = new Intl.NumberFormat("en-US");
const TENTHS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];

/** 12,345 */
export function count(number) {
  return WHOLE.format(number);
}

/** 0, 0.5, 9.8, 1,240: one decimal where it says something. */
export function rate(number) {
  return number < 10 ? TENTHS.format(number) : WHOLE.format(Math.round(number));
}

/** 980 B, 1.2 kB, 34 MB: in powers of 1000. */
export function bytes(number) {
  let size = 0;
  let scaled = number;
  while (scaled >= 999.5 && size < SIZES.length - 1) {
    scaled /= 1000;
    size += 1;
  }
  return `${rate(scaled)} ${SIZES[size]}`;
}

/** 3.2 s, 41 s, 2 m 05 s, 1 h 12 m, 3 d 4 h */
export function duration(seconds) {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.floor(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, "0")} s`;
  }
  if (whole < 86400) {
    return `${Math.floor(whole / 3600)} h ${String(Math.floor(whole / 60) % 60).padStart(2, "0")} m`;
  }
  return `${Math.floor(whole / 86400)} d ${Math.floor(whole / 3600) % 24} h`;
}

/** 14:03:12, on this machine's clock. */
export function clock(millis) {
  return new Date(millis).toLocaleTimeString("en-GB");
}
