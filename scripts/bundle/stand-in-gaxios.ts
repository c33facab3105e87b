/** Stands for gaxios in the bundle: every call that @dot-i/k8s-operator makes through it is overridden. */

export const instance = {
  request(): never {
    throw new Error('@dot-i/k8s-operator must not make requests: the operator has a client of its own');
  },
};
