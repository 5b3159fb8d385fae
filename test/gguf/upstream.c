/* Quantises 32-bit floats from standard input, all one row, with the engine's own library: upstream LIBRARY TYPE VALUES.
   TYPE is ggml's number of the format. Compiled and run by the tests, so that a crash in there is a failed test. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef size_t (*quantize_chunk)(int type, const float *src, void *dst, int64_t start, int64_t rows, int64_t columns,
                                 const float *imatrix);

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  void *library = dlopen(argv[1], RTLD_NOW);
  if (!library) {
    fprintf(stderr, "%s\n", dlerror());
    return 3;
  }
  quantize_chunk quantize = (quantize_chunk)dlsym(library, "ggml_quantize_chunk");
  if (!quantize) return 3;
  size_t values = (size_t)atoll(argv[3]);
  float *in = malloc(values * sizeof *in);
  void *out = calloc(values, sizeof *in);
  if (!in || !out || fread(in, sizeof *in, values, stdin) != values) return 4;
  size_t bytes = quantize(atoi(argv[2]), in, out, 0, 1, (int64_t)values, NULL);
  return fwrite(out, 1, bytes, stdout) == bytes ? 0 : 4;
}
