"""Four bits a weight with little loss: each rounding error is made good by the weights not yet rounded (GPTQ, Frantar and others 2022).

What matters is not the weights but what comes out for real inputs, so the error is measured against the inputs' covariance.
"""

from __future__ import annotations

import numpy as np

from .graph import scales

GROUP = 64
"""Rows that share a scale in each column."""


def four_bits(matrix: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes [groups, GROUP, columns] in -7…7 and scales [groups, 1, columns] for `matrix` [rows, columns].

    `covariance` [rows, rows] is the mean of xᵀx over inputs x of the matrix.
    """
    rows, columns = matrix.shape
    work = matrix.astype(np.float64).copy()
    damped = covariance.astype(np.float64) + np.eye(rows) * 0.01 * np.mean(np.diag(covariance))
    inverse = np.linalg.cholesky(np.linalg.inv(damped)).T
    codes = np.zeros((rows, columns), np.int8)
    found = np.zeros((rows // GROUP, 1, columns), np.float32)
    for first in range(0, rows, GROUP):
        last = first + GROUP
        step = scales(work[first:last], 7)
        found[first // GROUP] = step
        errors = np.zeros((GROUP, columns))
        for row in range(first, last):
            code = np.clip(np.rint(work[row] / step[0]), -7, 7)
            codes[row] = code
            error = (work[row] - code * step[0]) / inverse[row, row]
            errors[row - first] = error
            if row + 1 < last:
                work[row + 1 : last] -= np.outer(inverse[row, row + 1 : last], error)
        work[last:] -= inverse[first:last, last:].T @ errors
    return codes.reshape(rows // GROUP, GROUP, columns), found


def restored(codes: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """What the codes stand for, [rows, columns]."""
    return (codes * scale).reshape(-1, codes.shape[2]).astype(np.float32)
