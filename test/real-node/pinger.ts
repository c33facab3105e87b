import type { TestPod } from './pods.ts';
import { execInPod } from './pods.ts';

/** Seconds between two packets. */
const interval = 0.2;
/** Seconds that one HTTP request may take. */
const patience = 20;

/** What became of the packets and requests from one pod to another. */
export interface Traffic {
  readonly sent: number;
  /** Numbers of packets that never came back. One that was under way at the end is not counted. */
  readonly lost: readonly number[];
  /** HTTP requests, each on a connection of its own, that were answered, and that were not. */
  readonly answered: number;
  readonly failed: number;
}

/** Pings without a break, and asks over HTTP about twice a second, from inside of a pod until it is stopped. */
export class Pinger {
  readonly #from: TestPod;
  readonly #files: string;
  readonly #running: Promise<unknown>;

  private constructor(from: TestPod, files: string, running: Promise<unknown>) {
    this.#from = from;
    this.#files = files;
    this.#running = running;
  }

  /** Begins. */
  static start(from: TestPod, to: TestPod): Pinger {
    const files = `/tmp/pinger-${started++}`;
    const get = `timeout ${patience} wget -q -O - http://${to.address}:8080/`;
    const script = [
      `ping -i ${interval} ${to.address} > ${files}.ping 2>&1 &`,
      'pid=$!',
      `while [ ! -e ${files}.stop ]; do`,
      `  if [ "$(${get})" = ${to.name} ]; then echo answered; else echo failed; fi >> ${files}.http`,
      '  sleep 0.5',
      'done',
      // Its summary comes at this signal.
      'kill -INT $pid',
      'wait',
    ].join('\n');
    return new Pinger(from, files, execInPod(from, ['sh', '-c', script]));
  }

  /** Ends it. */
  async stop(): Promise<Traffic> {
    await this.#read(['touch', `${this.#files}.stop`]);
    await this.#running;
    const http = (await this.#read(['cat', `${this.#files}.http`])).split('\n');
    return {
      ...readPing(await this.#read(['cat', `${this.#files}.ping`])),
      answered: http.filter((line) => line === 'answered').length,
      failed: http.filter((line) => line === 'failed').length,
    };
  }

  async #read(command: readonly string[]): Promise<string> {
    const { code, output } = await execInPod(this.#from, command);
    if (code !== 0)
      throw new Error(`${command.join(' ')} in ${this.#from.name} ended with ${code}: ${output}`);
    return output;
  }
}

let started = 0;

/** Reads what busybox' ping wrote. @throws Error if it ended without a summary */
export function readPing(log: string): Pick<Traffic, 'sent' | 'lost'> {
  const sent = Number(/^(\d+) packets transmitted/m.exec(log)?.[1]);
  if (Number.isNaN(sent)) throw new Error(`ping ended without a summary: ${log.slice(-2000)}`);
  const returned = new Set([...log.matchAll(/ seq=(\d+) /g)].map(([, number]) => Number(number)));
  const lost = Array.from({ length: sent }, (_, number) => number).filter((each) => !returned.has(each));
  return { sent, lost: lost.at(-1) === sent - 1 ? lost.slice(0, -1) : lost };
}
