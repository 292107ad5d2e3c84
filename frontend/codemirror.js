// The editor of the practice page: CodeMirror 6 with what a beginner needs for Python, behind a small
// interface, so that the modules of the page know nothing of CodeMirror.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete"
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  redo,
  undo,
} from "@codemirror/commands"
import { python } from "@codemirror/lang-python"
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language"
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint"
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search"
import { Annotation, Compartment, EditorState } from "@codemirror/state"
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view"
import { classHighlighter } from "@lezer/highlight"
import { StyleModule } from "style-mod"

// A strict Content-Security-Policy forbids <style> elements, which CodeMirror uses in a document; it
// allows sheets that a script constructs. There is one, with the rules of all modules in their order.
const sheet = new CSSStyleSheet()
let mounted = []
StyleModule.mount = (root, modules) => {
  const list = Array.isArray(modules) ? modules : [modules]
  if (list.some(each => !mounted.includes(each))) {
    mounted = [...mounted.filter(each => !list.includes(each)), ...list]
    sheet.replaceSync(mounted.flatMap(each => each.rules).join("\n"))
  }
  if (!root.adoptedStyleSheets.includes(sheet)) {
    root.adoptedStyleSheets = [sheet, ...root.adoptedStyleSheets]
  }
}

// Colours and sizes are custom properties of the page's style sheet, which knows light and dark.
const mark = (colour) =>
  `url('data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="15" fill="${colour}"/></svg>')`
const look = EditorView.theme({
  "&": { color: "var(--code-text)", backgroundColor: "var(--code-back)", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": {
    fontFamily: "var(--code-font)",
    fontSize: "var(--code-size)",
    lineHeight: "1.5",
    overflow: "auto",
  },
  ".cm-content": { caretColor: "var(--code-text)", padding: "0.5em 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--code-text)" },
  ".cm-gutters": {
    color: "var(--code-dim)",
    backgroundColor: "var(--code-back)",
    borderRight: "1px solid var(--code-line)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--code-active)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { background: "var(--code-selection)" },
  ".cm-selectionMatch, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--code-match)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--code-wrong)" },
  ".cm-panels, .cm-tooltip": {
    color: "var(--code-text)",
    backgroundColor: "var(--code-panel)",
    borderColor: "var(--code-line)",
  },
  ".cm-panels-top": { borderBottomColor: "var(--code-line)" },
  ".cm-panel input, .cm-panel button, .cm-panel label": { font: "inherit", fontSize: "16px" },
  ".cm-textfield, .cm-button": {
    color: "inherit",
    background: "var(--code-back)",
    border: "1px solid var(--code-dim)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--code-text)",
    backgroundColor: "var(--code-selection)",
  },
  ".cm-diagnostic": { whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ".cm-lint-marker-error": { content: mark("%23d63c3c") },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--code-error)",
    textDecorationSkipInk: "none",
  },
})

// Typing over a selection: left to itself, Chromium keeps the style of the deleted text by a style
// attribute, which the Content-Security-Policy forbids; the attempt would be reported.
function typeOver(event, view) {
  const { main } = view.state.selection
  const { inputType, data } = event
  if (inputType !== "insertText" || !data || main.empty || view.composing || event.isComposing) return false
  const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type" })
  const handlers = view.state.facet(EditorView.inputHandler) // brackets around a selection
  if (!handlers.some((each) => each(view, main.from, main.to, data, insert))) view.dispatch(insert())
  return true
}

const outside = Annotation.define() // a text that came from elsewhere, such as another window

/**
 * Open an editor at the end of `parent`.
 *
 * `onChange(text)` is called after each change that the person made. Tab indents only after typing;
 * after Escape, and when the editor has just received the focus, it leaves the editor.
 */
export function createEditor({ parent, text, label, describedBy, completion, onChange }) {
  const completing = new Compartment()
  const complete = (on) => (on ? [autocompletion({ icons: false }), keymap.of(completionKeymap)] : [])
  const attributes = { "aria-label": label, autocapitalize: "off", autocomplete: "off" }
  if (describedBy) attributes["aria-describedby"] = describedBy

  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        completing.of(complete(completion)),
        lineNumbers(),
        lintGutter(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history({ newGroupDelay: 800 }),
        drawSelection(),
        dropCursor(),
        EditorState.allowMultipleSelections.of(true),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        indentOnInput(),
        syntaxHighlighting(classHighlighter),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        python(),
        look,
        EditorView.contentAttributes.of(attributes),
        keymap.of([
          { key: "Escape", run: (target) => (target.setTabFocusMode(true), false) },
          // The page runs and submits by these, here and everywhere else.
          { key: "Mod-Enter", run: () => true },
          { key: "Mod-Shift-Enter", run: () => true },
          { key: "Tab", run: indentMore, shift: indentLess },
          ...closeBracketsKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...lintKeymap,
          ...defaultKeymap,
        ]),
        EditorView.domEventHandlers({
          focus: (_event, target) => target.setTabFocusMode(true),
          beforeinput: typeOver,
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged || update.transactions.some((each) => each.annotation(outside))) return
          update.view.setTabFocusMode(false)
          onChange(update.state.doc.toString())
        }),
      ],
    }),
  })

  const inLine = (number) => view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines))
  const commands = { indent: indentMore, outdent: indentLess, undo, redo }

  return {
    focus: () => view.focus(),

    /** Replace the part that differs, so that the cursor and the history stay. */
    replace(text) {
      const old = view.state.doc.toString()
      let start = 0
      while (start < old.length && start < text.length && old[start] === text[start]) start++
      let end = 0
      const shorter = Math.min(old.length, text.length) - start
      while (end < shorter && old[old.length - 1 - end] === text[text.length - 1 - end]) end++
      view.dispatch({
        changes: { from: start, to: old.length - end, insert: text.slice(start, text.length - end) },
        annotations: outside.of(true),
      })
    },

    /** Type at the cursor, as the keys for phones do. */
    insert(text) {
      view.dispatch(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true })
      view.focus()
    },

    command(name) {
      commands[name](view)
      view.focus()
    },

    /** Mark lines, `{line, message}`, each counted from 1. */
    mark(lines) {
      const marks = lines.map(({ line, message }) => {
        const { from, to, text } = inLine(line)
        return { from: from + (text.length - text.trimStart().length), to, severity: "error", message }
      })
      marks.sort((a, b) => a.from - b.from)
      view.dispatch(setDiagnostics(view.state, marks))
    },

    /** Put the cursor at an offset. */
    select(at) {
      view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) }, scrollIntoView: true })
      view.focus()
    },

    completion: (on) => view.dispatch({ effects: completing.reconfigure(complete(on)) }),
    close: () => view.destroy(),
  }
}
