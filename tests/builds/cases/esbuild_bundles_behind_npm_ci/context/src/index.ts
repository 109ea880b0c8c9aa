import ms from 'ms';
import { text } from './text';

const late: number = ms('2 days');
console.log(text, late);
