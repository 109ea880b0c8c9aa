export default { build: { outDir: "page-dist", rollupOptions: { output: { entryFileNames: "[name].js" } } } };
