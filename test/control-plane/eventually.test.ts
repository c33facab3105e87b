import { describe, expect, test } from '@jest/globals';

import { consistently, eventually } from './eventually.ts';

describe('eventually', () => {
  test('returns what the condition returns once it holds', async () => {
    let tries = 0;
    const condition = (): string | undefined => (++tries < 3 ? undefined : 'here');
    expect(await eventually(condition, { interval: 1 })).toBe('here');
    expect(tries).toBe(3);
  });

  test('an expectation is a condition', async () => {
    let value = 0;
    await eventually(
      () => {
        expect(++value).toBe(2);
        return true;
      },
      { interval: 1 },
    );
  });

  test('zero and the empty string hold', async () => {
    expect(await eventually(() => 0)).toBe(0);
    expect(await eventually(() => '')).toBe('');
  });

  test('tells what it waited for and what came last', async () => {
    const waiting = eventually(() => false, { timeout: 20, interval: 5, description: 'the moon to rise' });
    await expect(waiting).rejects.toThrow(/for the moon to rise; the last try returned false/);
    const error = new Error('too cloudy');
    const throwing = eventually(() => Promise.reject(error), { timeout: 20, interval: 5 });
    await expect(throwing).rejects.toMatchObject({
      message: expect.stringContaining('too cloudy'),
      cause: error,
    });
  });
});

test('eventually stops trying when it is aborted', async () => {
  const giveUp = new AbortController();
  let tries = 0;
  const stopAtThird = (): boolean => {
    if (++tries === 3) giveUp.abort(new Error('enough'));
    return false;
  };
  const waiting = eventually(stopAtThird, { interval: 1, signal: giveUp.signal });
  await expect(waiting).rejects.toThrow('enough');
  expect(tries).toBe(3);
});

describe('consistently', () => {
  test('fails as soon as the check does', async () => {
    let tries = 0;
    const check = (): void => {
      if (++tries === 3) throw new Error('moved');
    };
    await expect(consistently(check, 10_000, 1)).rejects.toThrow('moved');
  });

  test('checks also at the end', async () => {
    const started = performance.now();
    let last = started;
    await consistently(
      () => {
        last = performance.now();
      },
      20,
      5,
    );
    expect(last - started).toBeGreaterThanOrEqual(20);
  });
});
