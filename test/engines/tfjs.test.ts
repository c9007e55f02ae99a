import { operatorConformance } from './conformance';
import { tfjsOnCpu } from './tfjsOnCpu';

operatorConformance(tfjsOnCpu, 'cpu backend');
