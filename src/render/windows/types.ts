import type { EffectiveSpec, WindowsDecision } from '../../resolve/types.ts';
import type { RenderInput } from '../types.ts';

type WindowsNodes = NonNullable<EffectiveSpec['windowsNodes']>;

/** What the renderer of Windows works with, once it is decided that there is something to render. */
export interface WindowsInput {
  readonly input: RenderInput;
  readonly windows: Extract<WindowsDecision, { kind: 'on' }>;
  /** `spec.windowsNodes`, whose directories are filled in while Windows is on. */
  readonly nodes: WindowsNodes & Required<Pick<WindowsNodes, 'cniBinDir' | 'cniConfigDir' | 'cniLogDir'>>;
}
