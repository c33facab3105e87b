import { expect, test } from '@jest/globals';
import { Drafts } from './drafts.ts';

const day = 86_400_000;

function setUp() {
  const drafts = new Drafts();
  let made = 0;
  const take = async (purpose: string, now: number): Promise<string> => {
    const make = () => Promise.resolve({ certificate: String(++made), privateKey: '' });
    return (await drafts.take('node-certs', purpose, now, make)).certificate;
  };
  return { drafts, take };
}

test('what could not be stored is not made anew, until it has aged', async () => {
  const { take } = setUp();
  expect([await take('p', 0), await take('p', day - 1), await take('p', day)]).toEqual(['1', '1', '2']);
});

test('it is of no use for another purpose, nor once it was stored', async () => {
  const { drafts, take } = setUp();
  expect([await take('p', 0), await take('q', 0)]).toEqual(['1', '2']);
  drafts.forget('node-certs');
  expect(await take('q', 0)).toBe('3');
});
