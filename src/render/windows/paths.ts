/** Paths of Windows hosts and of host process containers. */

/** A container's own files: where the host mounts them. PowerShell and the container runtime both put the value in. */
export const sandbox = '$env:CONTAINER_SANDBOX_MOUNT_POINT';

/** Calico's programs and scripts in the image of calico-node. */
export const programs = `${sandbox}/CalicoWindows`;

/** The path as programs on the host read it: with a drive, `c:` unless it names one, and forward slashes. */
export function windowsPath(path: string): string {
  const slashed = path.replaceAll('\\', '/').replace(/(?<=.)\/+$/, '');
  return /^[A-Za-z]:/.test(slashed) ? slashed : `c:${slashed}`;
}
