// Build the editor: one minified ES module, and the licences of the packages in it.
// `node build.js FOLDER` writes both to FOLDER, by default to that of the practice page.

import { build } from "esbuild"
import { readdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const here = dirname(fileURLToPath(import.meta.url))
const target = process.argv[2] ?? join(here, "..", "grader", "site", "static")
const MAX_BYTES_GZIPPED = 175_000 - 15_000 // the page's own modules take the rest

const result = await build({
  absWorkingDir: here,
  entryPoints: ["codemirror.js"],
  outfile: join(target, "codemirror.js"),
  bundle: true,
  format: "esm",
  minify: true,
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none", // they are in the file of licences
  banner: { js: "/* CodeMirror 6, built from frontend/; licences: codemirror.LICENCES.txt */" },
  metafile: true,
  write: false,
})
const [script] = result.outputFiles
const size = gzipSync(script.contents, { level: 9 }).length
if (size > MAX_BYTES_GZIPPED) {
  throw new Error(`codemirror.js: expected at most ${MAX_BYTES_GZIPPED} bytes gzipped, found ${size}`)
}

const folders = new Set(
  Object.keys(result.metafile.inputs).flatMap(
    (path) => path.match(/^node_modules\/(@[^/]+\/[^/]+|[^/]+)\//)?.slice(0, 1) ?? [],
  ),
)
const texts = new Map() // the same licence is printed once, below the names of its packages
for (const folder of [...folders].sort()) {
  const { name, version } = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"))
  const file = (await readdir(join(here, folder))).find((each) => /^licen[cs]e/i.test(each))
  if (!file) throw new Error(`${folder}: expected a file LICENSE, found none`)
  const text = (await readFile(join(here, folder, file), "utf8")).trim()
  texts.set(text, [...(texts.get(text) ?? []), `${name} ${version}`])
}
const licences = [...texts].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`)

await writeFile(join(target, "codemirror.js"), script.contents)
await writeFile(
  join(target, "codemirror.LICENCES.txt"),
  `codemirror.js contains these packages.\n\n${licences.join("\n----\n\n")}`,
)
console.log(`codemirror.js: ${script.contents.length} bytes, ${size} gzipped`)
