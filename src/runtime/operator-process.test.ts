import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { settle } from '../fake-clock.ts';
import { Operator, type ResourceEvent } from './dot-i.ts';
import { conflict, group, installation, meta, setUp } from './operator-process.fixture.ts';
import { OperatorProcess } from './operator-process.ts';

const exit = jest.spyOn(process, 'exit');

beforeEach(() => {
  exit.mockReset();
  exit.mockImplementation(() => {
    throw new Error('process.exit was called');
  });
});

afterEach(() => {
  expect(exit).not.toHaveBeenCalled();
});

describe('the base class', () => {
  test('has exactly the members that this class was written against', () => {
    const names = Object.getOwnPropertyNames(Operator.prototype).sort();
    expect(names).toEqual(
      [
        'applyAxiosKubeConfigAuth',
        'applyGaxiosKubeConfigAuth',
        'constructor',
        'errorToJson',
        'getCustomResourceApiUri',
        'handleResourceFinalizer',
        'init',
        'patchResourceStatus',
        'registerCustomResourceDefinition',
        'resourceStatusRequest',
        'setResourceFinalizers',
        'setResourceStatus',
        'start',
        'stop',
        'watchResource',
      ].filter((name) => name !== 'init'),
    );
  });

  test('every member that would use the network by itself is overridden', () => {
    const own = Object.getOwnPropertyNames(OperatorProcess.prototype);
    expect(own).toEqual(
      expect.arrayContaining([
        'getCustomResourceApiUri',
        'handleResourceFinalizer',
        'patchResourceStatus',
        'registerCustomResourceDefinition',
        'setResourceFinalizers',
        'setResourceStatus',
        'stop',
        'watchResource',
      ]),
    );
  });
});

describe('construction and addresses', () => {
  test('the injected configuration is used, and the base class has no API client of its own', () => {
    const { process, kubeConfig } = setUp();
    expect(process.config()).toBe(kubeConfig);
    expect(() => process.api().listNode()).toThrow('only through its client');
  });

  test('start calls init', async () => {
    const { process } = setUp();
    await process.start();
    expect(process.initialised).toEqual(['init']);
  });

  test.each<[readonly [string, string, string, string?], string]>([
    [
      [group, 'v1', 'installations'] as const,
      'https://api.example:6443/apis/operator.tigera.io/v1/installations',
    ],
    [['', 'v1', 'secrets', 'ns'], 'https://api.example:6443/api/v1/namespaces/ns/secrets'],
  ])('the address of %j is whole', (args, address) => {
    expect(setUp().process.uri(...args)).toBe(address);
  });
});

describe('watchResource', () => {
  test('hands out copies, in the vocabulary of the base class', async () => {
    const { process, deliver } = setUp();
    const events: ResourceEvent[] = [];
    await process.watch((event) => Promise.resolve(void events.push(event)));
    const object = installation({}, { finalizers: ['theirs'] });
    deliver({ type: 'ADDED', object });
    await settle();
    expect(events).toEqual([{ type: 'ADDED', object, meta: { ...meta, namespace: undefined } }]);
    events[0]?.object.metadata?.finalizers?.push('mine');
    expect(object.metadata.finalizers).toEqual(['theirs']);
    await process.shutdown();
  });

  test('a handler that rejects is called again with the latest event, one call at a time for an object', async () => {
    const { process, deliver, clock } = setUp();
    const seen: (string | undefined)[] = [];
    let active = 0;
    await process.watch(async (event) => {
      active += 1;
      expect(active).toBe(1);
      seen.push(event.object.metadata?.resourceVersion);
      await clock.sleep(3);
      active -= 1;
      if (seen.length < 4) throw new Error('not yet');
    });
    deliver({ type: 'ADDED', object: installation() });
    await clock.advance(10);
    deliver({ type: 'MODIFIED', object: installation({}, { resourceVersion: '6' }) });
    await clock.advance(1_000);
    expect(seen).toEqual(['5', '5', '6', '6']);
    await process.shutdown();
  });

  test('the end of one incarnation is told although the next has begun', async () => {
    const { process, deliver, clock } = setUp();
    const seen: string[] = [];
    await process.watch((event) => {
      seen.push(`${event.type} ${event.object.metadata?.uid ?? ''}`);
      return Promise.resolve();
    });
    deliver({ type: 'DELETED', object: installation() });
    deliver({ type: 'ADDED', object: installation({}, { uid: 'u2' }) });
    await clock.advance(100);
    expect(seen).toEqual(['DELETED u1', 'ADDED u2']);
    await process.shutdown();
  });

  test('a resource that is not known is refused by name', async () => {
    await expect(setUp().process.watch(() => Promise.resolve(), 'gateways')).rejects.toThrow(
      'gateways of operator.tigera.io/v1',
    );
  });
});

describe('stopping', () => {
  test('aborts the watches, ends the handlers and runs the closers, the last first; nothing exits', async () => {
    const { process, deliver, stopped, clock } = setUp();
    const order: string[] = [];
    await process.watch(async () => {
      await clock.sleep(50);
      order.push('handled');
    });
    process.closeWith(() => Promise.resolve(void order.push('first')));
    process.closeWith(() => Promise.resolve(void order.push('second')));
    deliver({ type: 'ADDED', object: installation() });
    await settle();
    const down = process.shutdown();
    expect([stopped()?.aborted, process.signal().aborted]).toEqual([true, true]);
    await clock.advance(50);
    await down;
    expect(order).toEqual(['second', 'first', 'handled']);
    deliver({ type: 'ADDED', object: installation({}, { uid: 'u2' }) });
    await clock.advance(1_000);
    expect(order).toHaveLength(3);
  });

  test('a closer that fails keeps no other from running', async () => {
    const { process } = setUp();
    const order: string[] = [];
    process.closeWith(() => Promise.resolve(void order.push('ran')));
    process.closeWith(() => Promise.reject(new Error('port stuck')));
    await expect(process.shutdown()).rejects.toThrow('port stuck');
    expect(order).toEqual(['ran']);
  });
});

test('no watch, status or finalizer trouble ends the process', async () => {
  const {
    process: operator,
    deliver,
    clock,
  } = setUp({
    get: () => Promise.reject(new Error('read ECONNRESET')),
    mergePatch: () => Promise.reject(conflict),
  });
  let calls = 0;
  await operator.watch((event) => {
    calls += 1;
    return operator.finalize(event, () => Promise.resolve()).then(() => undefined);
  });
  deliver({ type: 'ADDED', object: installation() });
  await clock.advance(5_000);
  expect(calls).toBeGreaterThan(5);
  await expect(operator.setStatus({})).rejects.toThrow('ECONNRESET');
  await operator.shutdown();
});
