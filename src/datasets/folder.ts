/**
 * A folder of images by class, as torchvision's ImageFolder and Keras' image_dataset_from_directory read it:
 * `<folder>/<class>/**.png`, or `<folder>/train/<class>` beside `val`, `validation`, `valid` or `test`. Classes are
 * the folders' names in ascending order. Every image is scaled until it covers the target and its middle is cut out.
 */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../base/errors';
import type { DataOptions, DatasetSource } from './dataset';
import { BrokenImage, type DecodedImage, decodeImage } from './decodeImage';
import {
  brokenImage,
  emptyClass,
  missingFolder,
  tooFewClasses,
  tooMuchMemory,
  unequalClasses,
  unreadable,
} from './errors';
import { bytesOf, isFolder } from './files';
import { assemble, chooseImages, type StoredImages } from './imageSplit';
import { axisOf, resamplePlane } from './resample';

const isImage = (name: string) => /\.(png|jpe?g)$/i.test(name) && !name.startsWith('.');
const validationNames = ['val', 'validation', 'valid', 'test'];
const mostBytes = 3 * 2 ** 30;

export const folder: DatasetSource = {
  id: 'folder',
  title: 'Folder of images',
  argument: 'folder',
  summary: 'PNG and JPEG images in one folder a class, scaled and cropped to 3x32x32 or the size asked for.',
  augmentation: 'cropFlip',
  async load(argument = '.', options) {
    const root = path.resolve(argument);
    const validationRoot = await validationFolder(root);
    const listed = await listImages(validationRoot ? path.join(root, 'train') : root);
    const held = validationRoot ? await listImages(validationRoot, listed.classes) : undefined;
    const chosen = chooseImages(listed.labels, held?.labels, options);
    const [height, width] = options.resize ?? [32, 32];
    const count = chosen.train.length + chosen.validation.length;
    const bytes = count * 3 * height * width;
    if (bytes > mostBytes) throw tooMuchMemory(count, height, width, (bytes / 2 ** 30).toFixed(1));
    const skipped: { file: string; reason: string }[] = [];
    let done = 0;
    const decode = (list: ImageList, indices: Int32Array) =>
      decodeAll(list, indices, height, width, options, skipped, () => options.onProgress?.(++done / count));
    const train = await decode(listed, chosen.train);
    const validation = await decode(held ?? listed, chosen.validation);
    const data = assemble(
      {
        source: { id: 'folder', title: path.basename(root) },
        classes: listed.classes,
        shape: [3, height, width],
        train,
        validation,
        skipped,
      },
      { seed: options.seed, normalisation: options.normalisation },
    );
    const stored = {
      folder: root,
      shape: null,
      train: listed.files.length,
      validation: held?.files.length ?? null,
    };
    return { ...data, stored };
  },
};

interface ImageList {
  readonly classes: readonly string[];
  readonly files: readonly string[];
  readonly labels: Uint16Array;
}

/** The part set aside, where the folder is divided in `train` and one of the usual names. */
async function validationFolder(root: string): Promise<string | undefined> {
  if (!(await isFolder(path.join(root, 'train')))) return undefined;
  for (const name of validationNames) {
    const candidate = path.join(root, name);
    if (await isFolder(candidate)) return candidate;
  }
  return undefined;
}

/** With `known` classes (those of the training part) a folder may lack some, and must not have others. */
async function listImages(root: string, known?: readonly string[]): Promise<ImageList> {
  const found = (await entriesOf(root)).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const names = found.map((entry) => entry.name).sort();
  if (!known && names.length < 2) throw tooFewClasses(root, names.length);
  const unknown = known && names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unequalClasses(root, unknown);
  const classes = known ?? names;
  const files: string[] = [];
  const labels: number[] = [];
  for (const name of names) {
    const images = await imagesUnder(path.join(root, name));
    if (images.length === 0) throw emptyClass(path.join(root, name));
    files.push(...images);
    labels.push(...images.map(() => classes.indexOf(name)));
  }
  return { classes, files, labels: Uint16Array.from(labels) };
}

async function imagesUnder(where: string): Promise<string[]> {
  const images: string[] = [];
  const entries = (await entriesOf(where)).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const name = path.join(where, entry.name);
    if (entry.isDirectory()) images.push(...(await imagesUnder(name)));
    else if (isImage(entry.name)) images.push(name);
  }
  return images;
}

async function entriesOf(where: string): Promise<Dirent[]> {
  try {
    return await readdir(where, { withFileTypes: true });
  } catch (error) {
    const code = systemCode(error);
    throw code === 'ENOENT' || code === 'ENOTDIR'
      ? missingFolder(where)
      : unreadable(where, code ?? String(error));
  }
}

async function decodeAll(
  list: ImageList,
  indices: Int32Array,
  height: number,
  width: number,
  { skipBroken = false, signal }: DataOptions,
  skipped: { file: string; reason: string }[],
  onDone: () => void,
): Promise<StoredImages> {
  const size = 3 * height * width;
  const pixels = new Uint8Array(indices.length * size);
  const labels: number[] = [];
  for (const i of indices) {
    signal?.throwIfAborted();
    const file = list.files[i];
    try {
      cover(await decodeImage(await bytesOf(file, signal)), height, width, pixels, labels.length * size);
      labels.push(list.labels[i]);
    } catch (error) {
      if (!(error instanceof BrokenImage)) throw error;
      if (!skipBroken) throw brokenImage(file, error.message);
      skipped.push({ file, reason: error.message });
    }
    onDone();
  }
  return { pixels: pixels.subarray(0, labels.length * size), labels: Uint16Array.from(labels) };
}

/** Scales until the image covers height x width, keeping its proportion, and writes the middle of it at `offset`. */
export function cover(
  image: DecodedImage,
  height: number,
  width: number,
  target: Uint8Array,
  offset: number,
): void {
  const scale = Math.max(height / image.height, width / image.width);
  const scaledHeight = Math.max(height, Math.round(image.height * scale));
  const scaledWidth = Math.max(width, Math.round(image.width * scale));
  const rows = axisOf(image.height, scaledHeight);
  const columns = axisOf(image.width, scaledWidth);
  const top = Math.floor((scaledHeight - height) / 2);
  const left = Math.floor((scaledWidth - width) / 2);
  const scaled = new Float32Array(scaledHeight * scaledWidth);
  for (let c = 0; c < 3; c++) {
    resamplePlane(image.pixels, c * image.height * image.width, rows, columns, scaled, 0);
    for (let y = 0; y < height; y++) {
      const line = (top + y) * scaledWidth + left;
      const out = offset + (c * height + y) * width;
      for (let x = 0; x < width; x++) target[out + x] = Math.round(scaled[line + x]);
    }
  }
}
