import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** A service's document, and the name under which its schemas are told apart where two services share one. */
export interface Part {
  service: string;
  document: OpenAPIObject;
}

/** What is for other services, or for whoever watches over them. */
const NOT_PUBLIC = /^\/(internal|health|metrics|openapi\.json)(\/|$)/;

/**
 * One document of several: the paths of all, and their schemas. Two different schemas of one name are told apart by
 * the name of the later one's service; equal ones become one. A path that two services have is the first one's.
 */
export function mergeOpenApi(frame: Omit<OpenAPIObject, 'paths'>, parts: readonly Part[]): OpenAPIObject {
  const paths: OpenAPIObject['paths'] = {};
  const schemas: Schemas = {};
  for (const part of parts) {
    const document = renamed(part, schemas);
    Object.assign(schemas, document.components?.schemas);
    for (const [path, operations] of Object.entries(document.paths)) {
      if (!NOT_PUBLIC.test(path)) paths[path] ??= operations;
    }
  }
  return { ...frame, paths: sorted(paths), components: { ...frame.components, schemas: sorted(schemas) } };
}

/** The document with other names for the schemas whose names are taken by something else. */
function renamed({ service, document }: Part, taken: Schemas): OpenAPIObject {
  const own = document.components?.schemas ?? {};
  const clashes = Object.keys(own).filter(
    (name) => Object.hasOwn(taken, name) && JSON.stringify(taken[name]) !== JSON.stringify(own[name]),
  );
  if (clashes.length === 0) return document;
  const prefix = service[0]!.toUpperCase() + service.slice(1);
  const newNames = new Map(
    clashes.map((name) => [`#/components/schemas/${name}`, `#/components/schemas/${prefix}${name}`]),
  );
  const copy = JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    key === '$ref' ? (newNames.get(value as string) ?? value) : value,
  ) as OpenAPIObject;
  const renamedSchemas = Object.entries(copy.components!.schemas!).map(([name, schema]) => [
    clashes.includes(name) ? prefix + name : name,
    schema,
  ]);
  return {
    ...copy,
    components: { ...copy.components, schemas: Object.fromEntries(renamedSchemas) as Schemas },
  };
}

function sorted<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
