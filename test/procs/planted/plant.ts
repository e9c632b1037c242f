import 'reflect-metadata';

// The seam of every planted bug: a module that is loaded before the service (node --import) and puts another
// method in the place of one of its own. Nothing of it is in the product.

/** Puts `make(original)` in the method's place; what Nest has noted about the method goes along. */
export function plant<T extends object, K extends keyof T & string>(
  prototype: T,
  method: K,
  make: (original: T[K]) => T[K],
): void {
  const original = prototype[method];
  const planted = make(original);
  for (const key of Reflect.getMetadataKeys(original as object))
    Reflect.defineMetadata(key, Reflect.getMetadata(key, original as object), planted as object);
  prototype[method] = planted;
}
