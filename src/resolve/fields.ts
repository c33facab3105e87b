/** Names for parts of the Installation's spec, and how to build objects without absent fields. */
import type { InstallationSpec } from '../api/installation.ts';

export type CalicoNetworkSpec = NonNullable<InstallationSpec['calicoNetwork']>;
export type CniSpec = NonNullable<InstallationSpec['cni']>;
export type CniType = CniSpec['type'];
export type IpamType = NonNullable<CniSpec['ipam']>['type'];
export type Bgp = NonNullable<CalicoNetworkSpec['bgp']>;
export type LoggingSpec = NonNullable<InstallationSpec['logging']>;
export type WindowsNodesSpec = NonNullable<InstallationSpec['windowsNodes']>;
export type Autodetection = NonNullable<CalicoNetworkSpec['nodeAddressAutodetectionV4']>;

type Optional<T> = { readonly [Key in keyof T]: T[Key] | undefined };

/** A copy without the fields that are undefined. */
export function compact<T extends object>(fields: Optional<T>): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
