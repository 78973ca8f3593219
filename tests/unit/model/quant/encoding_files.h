// encoding_files.h: one encoding file of each of AIMET's versions, as the tool lays them out.
#pragma once

namespace systole {

inline constexpr const char* kFile061 = R"({
    "activation_encodings": {
        "x": [
            {
                "bitwidth": 8,
                "dtype": "int",
                "is_symmetric": "False",
                "max": 70.5,
                "min": -57.0,
                "offset": -114.0,
                "scale": 0.5
            }
        ]
    },
    "param_encodings": {
        "w": [
            {
                "bitwidth": 8,
                "dtype": "int",
                "is_symmetric": "True",
                "max": 31.75,
                "min": -32.0,
                "offset": -128.0,
                "scale": 0.25
            },
            {
                "bitwidth": 8,
                "dtype": "int",
                "is_symmetric": "True",
                "max": 1.27e-05,
                "min": -1.28e-05,
                "offset": -128.0,
                "scale": 1e-07
            }
        ]
    },
    "version": "0.6.1"
})";

inline constexpr const char* kFile100 = R"({
    "activation_encodings": [
        {
            "bw": 8,
            "dtype": "INT",
            "enc_type": "PER_TENSOR",
            "is_sym": false,
            "name": "x",
            "offset": [
                -114.0
            ],
            "scale": [
                0.5
            ]
        }
    ],
    "param_encodings": [
        {
            "block_size": 2,
            "bw": 4,
            "dtype": "INT",
            "enc_type": "PER_BLOCK",
            "is_sym": true,
            "name": "b",
            "offset": [
                -8.0,
                -8.0,
                -8.0,
                -8.0
            ],
            "scale": [
                1.0,
                2.0,
                3.0,
                4.0
            ]
        }
    ],
    "producer": {
        "package": "a tool"
    },
    "version": "1.0.0"
})";

inline constexpr const char* kFile200 = R"({
    "encodings": [
        {
            "axis": 1,
            "block_size": 2,
            "name": "b",
            "output_dtype": "int4",
            "y_scale": [
                [
                    [
                        1.0
                    ],
                    [
                        2.0
                    ]
                ],
                [
                    [
                        3.0
                    ],
                    [
                        4.0
                    ]
                ]
            ]
        },
        {
            "name": "x",
            "output_dtype": "uint8",
            "y_scale": 0.5,
            "y_zero_point": 114
        }
    ],
    "version": "2.0.0"
})";

}  // namespace systole
