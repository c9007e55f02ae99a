// `npm run bench [-- training [resnet20/32 | creation] | race CIFAR10-FOLDER [STEPS ...]]`: the benches, as JSON lines.
// Never run as tests.
import { benchRace } from '../bench/race.mjs';
import { benchSource } from '../bench/source.mjs';
import { benchTraining } from '../bench/training.mjs';
import { benchWebview } from '../bench/webview.mjs';

const benches = { training: benchTraining, webview: benchWebview, source: benchSource, race: benchRace };
const [name, only, ...rest] = process.argv.slice(2);
if (name && !(name in benches)) {
  console.error(`There is no bench called ${name}; there are ${Object.keys(benches).join(', ')}.`);
  process.exit(1);
}
for (const [id, run] of Object.entries(benches)) if (!name || name === id) await run({ only, rest });
