/** Gives memory back when the work is done (docs/adr/0006-memory-at-rest.md). */
import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 let its heap grow less, and collect in small steps what a process that has come to rest leaves behind. By itself
 * it lets garbage lie for as long as the machine has room. What is young is little, and collected by one thread.
 */
export function saveMemory(): void {
  setFlagsFromString('--memory-saver-mode');
  setFlagsFromString('--no-parallel-scavenge');
}
