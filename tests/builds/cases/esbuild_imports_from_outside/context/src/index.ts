import ms from 'ms';
import { text } from '~/text';
import css from '../theme/main.css';

const late: number = ms('2 days');
console.log(text, late, css);
