/** `spec` of the FelixConfiguration. */
import { object } from '../../kit.ts';
import { ebpf } from './ebpf.ts';
import { felixProcess } from './process.ts';
import { routing } from './routing.ts';
import { tables } from './tables.ts';

export const felixConfigurationSpec = object(
  'Settings of Felix, the part of calico-node that programs the kernel.',
  { ...felixProcess, ...routing, ...tables, ...ebpf },
  {
    rules: [
      {
        rule: '!has(self.routeTableRange) || !has(self.routeTableRanges)',
        message: 'set routeTableRange or routeTableRanges, not both',
        reason: 'FieldValueForbidden',
      },
    ],
  },
);
