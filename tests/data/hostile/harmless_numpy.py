# Uses the parts of NumPy that are loaded when they are first used.
# verdict: accepted
# score: 4
import numpy as np

GENERATOR = np.random.default_rng(0)


def mean(values):
    array = np.asarray(values)
    assert np.allclose(np.fft.ifft(np.fft.fft(array)).real, array)
    assert np.ma.masked_array(array, array < 0).count() == len(values)
    assert np.polynomial.Polynomial([0, 1])(2.0) == 2.0
    assert np.linalg.norm(array) > 0 and GENERATOR.normal(size=3).shape == (3,)
    assert np.random.permutation(5).sum() == 10 and np.char.upper("a") == "A"
    assert np.array2string(array) and np.testing.assert_allclose(array, array) is None
    with np.errstate(all="raise"):
        return np.einsum("i->", array)[()] / np.float32(len(values))
