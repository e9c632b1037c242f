// Two things Jest does not do by itself: our relative imports end in `.js` while the file is `.ts`, and the
// condition `source` is for our own modules (`#kernel` …) only, not for packages that happen to have it.
const { existsSync } = require('node:fs');
const { resolve, sep } = require('node:path');

const RELATIVE_JS = /^\.{1,2}\/.*\.js$/;
const PACKAGES = `${sep}node_modules${sep}`;

module.exports = function resolveModule(request, options) {
  if (RELATIVE_JS.test(request) && !options.basedir.includes(PACKAGES)) {
    const source = resolve(options.basedir, `${request.slice(0, -3)}.ts`);
    if (existsSync(source)) return source;
  }
  if (request.startsWith('#') || !options.conditions) return options.defaultResolver(request, options);
  const conditions = options.conditions.filter((condition) => condition !== 'source');
  return options.defaultResolver(request, { ...options, conditions });
};
