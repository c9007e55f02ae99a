// One bundle a process: the command line and the trainer share the core but never each other's entry,
// and only the trainer's bundle may reach a native package (kept external, resolved from node_modules).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import webpack from 'webpack';

const root = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const define = new webpack.DefinePlugin({ SKIPLENS_VERSION: JSON.stringify(version) });

const node = {
  target: 'node20',
  devtool: 'source-map',
  context: root,
  resolve: { extensions: ['.ts', '.js'] },
  module: { rules: [{ test: /\.ts$/, loader: 'esbuild-loader', options: { target: 'node20' } }] },
  externalsPresets: { node: true },
  node: { __dirname: false, __filename: false },
  optimization: { minimize: false },
  performance: { hints: false },
  stats: 'errors-warnings',
};

// Chunks are numbered anew in each bundle, so each bundle needs names of its own for them.
const output = { path: path.join(root, 'dist'), filename: '[name].js', libraryTarget: 'commonjs2' };

export default [
  {
    ...node,
    name: 'cli',
    entry: { cli: './src/cli/main.ts' },
    output: { ...output, chunkFilename: 'cli.[name].js' },
    plugins: [define, new webpack.BannerPlugin({ banner: '#!/usr/bin/env node', raw: true })],
  },
  {
    ...node,
    name: 'trainer',
    entry: { trainer: './src/trainer/main.ts' },
    output: { ...output, chunkFilename: 'trainer.[name].js' },
    plugins: [define],
    externals: { 'onnxruntime-node': 'commonjs onnxruntime-node' },
  },
  {
    ...node,
    name: 'extension',
    entry: { extension: './src/host/extension.ts' },
    output: { ...output, chunkFilename: 'extension.[name].js' },
    externals: { vscode: 'commonjs vscode' },
    // The entry stays small, so that activating costs next to nothing; the rest is loaded at the first use.
    optimization: { ...node.optimization, splitChunks: false },
  },
  {
    ...node,
    name: 'webview',
    target: 'web',
    // The panel's script, which is also the script inside an HTML report: one file, no chunks, no eval.
    entry: { webview: './webview/main.ts' },
    output: { path: path.join(root, 'dist'), filename: '[name].js', asyncChunks: false },
    module: { rules: [{ test: /\.ts$/, loader: 'esbuild-loader', options: { target: 'es2022' } }] },
    externalsPresets: {},
    node: false,
    optimization: { minimize: true, splitChunks: false, runtimeChunk: false },
  },
];
