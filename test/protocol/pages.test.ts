/** The text form of messages, and the pages that carry them. */
import { describe, expect, it } from 'vitest';
import { panelPage, reportPage } from '../../src/protocol/panelPage';
import { fromText, toText } from '../../src/protocol/plainText';
import { recordedRun } from '../webview/fixtures';

describe('messages as text', () => {
  it('come back as they went, typed arrays and not-a-numbers included', () => {
    const message = {
      a: Float32Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY),
      b: Int32Array.of(-1, 2 ** 30),
      c: [Number.NaN, -Infinity, 0.1, null, 'x'],
    };
    expect(fromText(toText(message))).toEqual(message);
  });

  it('refuse what has no form', () => {
    expect(() => toText({ a: new Float64Array(1) })).toThrow('internal');
  });
});

describe('pages', () => {
  it('a panel allows one script, and styles of the extension', () => {
    const page = panelPage({
      title: 'A <b> & "c"',
      nonce: 'abc',
      cspSource: 'vscode-webview:',
      scriptUri: 'vscode-webview://x/webview.js',
      styleUri: 'vscode-webview://x/inspector.css',
    });
    expect(page).toContain("default-src 'none'; script-src 'nonce-abc'; style-src vscode-webview:;");
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/\sstyle=/);
    expect(page).toContain('A &lt;b> &amp; &quot;c&quot;');
  });

  it('a report carries its data and cannot be broken out of', () => {
    const snapshot = { ...recordedRun(), title: '</script><script>alert(1)</script>' };
    const page = reportPage(snapshot, { script: 'let a = "</script>";', styles: 'body{}' });
    const data = /<script type="application\/json" id="skiplens-data">(.*?)<\/script>/s.exec(page)![1];
    expect(fromText(data)).toEqual({
      ...snapshot,
      abilities: { measure: false, train: false, control: false, export: true, reveal: false },
    });
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toContain('http://');
  });
});
