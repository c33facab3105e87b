/** What a process has used, from /proc and from its own metrics. */
import { readFile, writeFile } from 'node:fs/promises';

/** Ticks of the kernel's clock a second; the same on every Linux that we know. */
const ticksPerSecond = 100;

/** Processor time so far, in seconds, all threads. */
export async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Fields are counted from behind the name, which may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory in MiB: resident, of it anonymous, and the most that was resident since the start or {@link forgetPeak}. */
export async function memoryOf(
  pid: number,
): Promise<{ readonly residentMiB: number; readonly anonymousMiB: number; readonly peakMiB: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN) / 1024;
  return { residentMiB: field('VmRSS'), anonymousMiB: field('RssAnon'), peakMiB: field('VmHWM') };
}

/** Lets the peak begin anew from what is resident now. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** Delay of the event loop, in milliseconds, since it was last asked for; asking begins a new span. */
export async function loopDelay(url: string): Promise<{ readonly p99: number; readonly max: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const gauge = (name: string): number => {
    const seconds = Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, 'm').exec(text)?.[1]);
    return seconds * 1000;
  };
  return { p99: gauge('p99'), max: gauge('max') };
}
