import { ringbox } from 'ringbox/vite';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [ringbox()] });
