import { expect, test } from '@jest/globals';
import { hostPathProblem } from './host-path.ts';

test.each(['/', '/opt/cni/bin', '/opt/..cni/bin..', '/Program Files/x', '/a:b'])(
  '%s can be mounted',
  (path) => {
    expect(hostPathProblem(path)).toBeUndefined();
  },
);

test.each([
  ['opt/cni', 'absolute'],
  ['', 'absolute'],
  ['/opt/../etc', '..'],
  ['/..', '..'],
])('%j cannot', (path, problem) => {
  expect(hostPathProblem(path)).toContain(problem);
});
