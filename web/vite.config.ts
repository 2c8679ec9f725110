import optimizeLocales from '@react-aria/optimize-locales-plugin'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The floor is what domestic browsers ship (docs/decisions/0008). */
const OLDEST = ['chrome90', 'safari15.4']

export default defineConfig({
  root: import.meta.dirname,
  base: '/office/',
  plugins: [react(), { ...optimizeLocales.vite({ locales: ['zh-CN'] }), enforce: 'pre' }],
  build: { outDir: '../dist/office', emptyOutDir: true, target: OLDEST, sourcemap: false, manifest: true },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
