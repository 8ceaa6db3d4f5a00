import js from "@eslint/js";
import globals from "globals";

export default [
  {
    // Everything but our own scripts: what npm and pip fetched, what runs and builds leave.
    ignores: ["node_modules/", ".venv/", "static/vendor/", "var/", "build/"],
  },
  js.configs.recommended,
  {
    rules: {
      "max-lines": ["error", 400],
      "max-params": ["error", 6],
      "complexity": ["error", 12],
      "consistent-return": "error",
      "curly": "error",
      "eqeqeq": "error",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-param-reassign": "error",
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  {
    files: ["sessions/static/**/*.js", "static/**/*.js", "bench/**/*.js"],
    languageOptions: { globals: { ...globals.browser, ...globals.worker } },
  },
  {
    // The protocol knows neither page nor worker, so that node runs the same files.
    files: ["sessions/static/sessions/viewer/core/{damm,fields,elligator,wire,cpace,records}.js"],
    languageOptions: { globals: { ...globals["shared-node-browser"] } },
    rules: { "no-restricted-globals": ["error", "window", "document", "self", "process"] },
  },
  {
    files: ["tests/js/{worker,painter}.js"],
    languageOptions: { globals: globals.worker },
  },
  {
    files: ["tests/js/**/*.js", "script/**/*.mjs", "*.config.js"],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
];
