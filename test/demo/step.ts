import type { Progress } from '../control-plane/build/progress.ts';

/** Does something as a step that a person sees begin and end. */
export async function inStep<Result>(
  progress: Progress,
  what: string,
  action: () => Promise<Result>,
): Promise<Result> {
  const { done, failed } = progress.start(what);
  try {
    const result = await action();
    done();
    return result;
  } catch (error) {
    failed();
    throw error;
  }
}
