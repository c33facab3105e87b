/** The demo cannot go on, for a reason that its message tells a person in full. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}
