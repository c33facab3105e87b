import { execFile } from 'node:child_process';
import { existsSync, globSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import type { ImageContent } from './archive.ts';

const run = promisify(execFile);

/** The sandbox image that containerd is told to use. */
export const pauseImage = 'registry.k8s.io/pause:3.10.1';
/** Image of test pods: a shell, ping, wget, httpd. */
export const testImage = 'local/busybox:1';

/** Calico's programs that go into the images, as `CALICO_BIN` has to name them. */
export const packedPrograms = [
  'calico-node',
  'calico',
  'cni-install',
  'calico-typha',
  'kube-controllers',
  'check-status',
] as const;

const busybox = '/bin/busybox';
const applets =
  'sh cat ls cp mv rm mkdir sleep touch chmod echo grep ps kill test timeout true ping wget nc httpd ip'.split(
    ' ',
  );
const cniPluginDirectory = '/usr/lib/cni';
const cniPlugins = ['host-local', 'loopback', 'portmap', 'bandwidth', 'tuning'];
const networkPrograms = ['xtables-nft-multi', 'xtables-legacy-multi', 'ipset', 'nft', 'ip', 'conntrack'];

/** Files of this machine that are packed beside Calico's programs. */
export const packedHostFiles = [busybox, ...cniPlugins.map((name) => join(cniPluginDirectory, name))];

// What the image's own start script does where there is no BIRD. Felix ends by itself when its configuration changes.
const startNode = `#!/bin/sh
calico-node -startup || exit 1
export NODENAME=$(cat /var/lib/calico/nodename)
calico-node -allocate-tunnel-addrs -allocate-tunnel-addrs-run-once || exit 1
calico-node -node-services &
export FELIX_FELIXHOSTNAME=$NODENAME FELIX_DATASTORETYPE=$DATASTORE_TYPE FELIX_DebugSkipCTLBCleanup=true
while :; do calico-node -felix; sleep 1; done
`;
const pause = `#!/bin/busybox sh
trap 'exit 0' TERM INT
while :; do /bin/busybox sleep 3600 & wait $!; done
`;

/**
 * Images under the names of Calico's own, packed around its programs. There is no BIRD in them: VXLAN only.
 * @param programs folder with {@link packedPrograms}
 * @param version tag of Calico's images, such as `v3.32.1`
 */
export async function calicoImages(programs: string, version: string): Promise<readonly ImageContent[]> {
  const calico = (name: (typeof packedPrograms)[number]): string => join(programs, name);
  const shell = Object.fromEntries(applets.map((name) => [`/bin/${name}`, busybox]));
  const base = { files: { [busybox]: busybox }, links: shell, writable: ['/tmp'] };
  const network = await networkTools();
  return [
    {
      reference: `quay.io/calico/node:${version}`,
      files: {
        ...base.files,
        ...network.files,
        '/bin/calico-node': calico('calico-node'),
        '/usr/sbin/start': Buffer.from(startNode),
      },
      links: { ...withoutIp(shell), ...network.links },
      writable: ['/tmp', '/var/log/calico', '/etc/calico'],
      config: { Cmd: ['/usr/sbin/start'] },
    },
    {
      reference: `quay.io/calico/cni:${version}`,
      ...base,
      files: {
        ...base.files,
        '/opt/cni/bin/calico': calico('calico'),
        '/opt/cni/bin/calico-ipam': calico('calico'),
        '/opt/cni/bin/install': calico('cni-install'),
        ...Object.fromEntries(
          cniPlugins.map((name) => [`/opt/cni/bin/${name}`, join(cniPluginDirectory, name)]),
        ),
      },
      config: { Cmd: ['/opt/cni/bin/install'], Env: ['PATH=/opt/cni/bin:/bin'] },
    },
    {
      reference: `quay.io/calico/typha:${version}`,
      files: { '/usr/bin/calico-typha': calico('calico-typha'), '/etc/calico/typha.cfg': Buffer.alloc(0) },
      writable: ['/tmp'],
      config: { Cmd: ['/usr/bin/calico-typha'], User: '999' },
    },
    {
      reference: `quay.io/calico/kube-controllers:${version}`,
      files: {
        '/usr/bin/kube-controllers': calico('kube-controllers'),
        '/usr/bin/check-status': calico('check-status'),
      },
      writable: ['/status', '/profiles', '/tmp'],
      config: { Cmd: ['/usr/bin/kube-controllers'], User: '999' },
    },
    {
      reference: `quay.io/calico/pod2daemon-flexvol:${version}`,
      ...base,
      config: { Cmd: ['/bin/true'] },
    },
    {
      reference: pauseImage,
      ...base,
      files: { ...base.files, '/pause': Buffer.from(pause) },
      config: { Cmd: ['/pause'] },
    },
    { reference: testImage, ...base, config: { Cmd: ['/bin/sh', '-c', 'while :; do sleep 3600; done'] } },
  ];
}

function withoutIp(links: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(links).filter(([path]) => path !== '/bin/ip'));
}

/** iptables, ipset and the like of this machine, with the libraries they load. */
async function networkTools(): Promise<Required<Pick<ImageContent, 'files' | 'links'>>> {
  const files: Record<string, string> = {};
  for (const name of networkPrograms) {
    const path = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']
      .map((folder) => join(folder, name))
      .find(existsSync);
    if (path === undefined) continue;
    files[`/usr/sbin/${name}`] = realpathSync(path);
    for (const library of await librariesOf(path)) files[library] = realpathSync(library);
  }
  for (const path of globSync('/usr/lib/*/xtables/*.so')) files[path] = path;
  const links: Record<string, string> = {};
  for (const tool of ['iptables', 'ip6tables']) {
    for (const suffix of ['', '-save', '-restore']) {
      links[`/usr/sbin/${tool}${suffix}`] = 'xtables-nft-multi';
      links[`/usr/sbin/${tool}-nft${suffix}`] = 'xtables-nft-multi';
      links[`/usr/sbin/${tool}-legacy${suffix}`] = 'xtables-legacy-multi';
    }
  }
  return { files, links };
}

async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await run('ldd', [program]);
  return stdout.split(/\s+/).filter((word) => word.startsWith('/') && basename(word).includes('.so'));
}
