//! Files of pictures: what feeds show is read, of an animation its first picture; all else is refused with a message.
#![cfg(feature = "pictures")]

use diffract_models::{Model, Picture, folder::Folder};
use image::codecs::gif::GifEncoder;
use image::{Delay, DynamicImage, Frame, ImageFormat, Rgba, RgbaImage};
use std::io::Cursor;
use std::path::Path;

fn flat(colour: [u8; 4], width: u32, height: u32) -> DynamicImage {
    RgbaImage::from_pixel(width, height, Rgba(colour)).into()
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let picture =
        if format == ImageFormat::Jpeg { DynamicImage::from(picture.to_rgb8()) } else { picture.clone() };
    picture.write_to(&mut file, format).expect("encoded");
    file.into_inner()
}

fn model() -> Model {
    let folder =
        Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/nsfw")).expect("a folder");
    Model::open(&folder.card, &folder.onnx).expect("a model")
}

#[test]
fn formats_of_feeds_are_read() {
    let red = flat([200, 30, 30, 255], 40, 30);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let picture =
            Picture::decode(&encoded(&red, format)).unwrap_or_else(|problem| panic!("{format:?}: {problem}"));
        assert_eq!(picture.dimensions(), (40, 30));
        let scaled = picture.scaled(8);
        assert_eq!(scaled.len(), 3 * 64);
        assert!((scaled[0] - 200.0 / 255.0).abs() < 0.05, "{format:?}: {}", scaled[0]);
    }
}

#[test]
fn of_an_animation_the_first_picture_is_read() {
    let mut file = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut file);
        for colour in [[0, 0, 255, 255], [255, 0, 0, 255], [0, 255, 0, 255]] {
            let frame = Frame::from_parts(
                flat(colour, 20, 20).into_rgba8(),
                0,
                0,
                Delay::from_numer_denom_ms(100, 1),
            );
            encoder.encode_frame(frame).expect("a frame");
        }
    }
    let scaled = Picture::decode(&file).expect("read").scaled(4);
    assert!(scaled[0] < 0.1 && scaled[32] > 0.9, "{scaled:?}");
}

#[test]
fn what_is_broken_or_too_large_is_refused() {
    let png = encoded(&flat([1, 2, 3, 255], 300, 300), ImageFormat::Png);
    for broken in [
        &b""[..],
        b"no picture",
        &png[..png.len() / 2],
        &png[..20],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ] {
        let problem = Picture::decode(broken).expect_err("refused").to_string();
        assert!(!problem.is_empty());
    }
    // A header that claims 60,000 × 60,000 pixels costs nothing.
    let mut claims = png.clone();
    claims[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    assert!(Picture::decode(&claims).is_err());
}

#[test]
fn corners_are_aligned() {
    let mut picture = RgbaImage::new(3, 1);
    for (x, value) in [(0, 0), (1, 100), (2, 200)] {
        picture.put_pixel(x, 0, Rgba([value, value, value, 255]));
    }
    let scaled = Picture::new(picture.into_raw(), 3, 1).expect("a picture").scaled(5);
    let row: Vec<f32> = scaled[..5].iter().map(|value| (value * 255.0).round()).collect();
    assert_eq!(row, [0.0, 50.0, 100.0, 150.0, 200.0]);
}

/// The card holds what TensorFlow.js said to some pictures when the model was converted.
#[test]
fn pictures_are_scored_as_when_the_model_was_converted() {
    let model = model();
    let tests = model.card().whole()["test"].as_array().expect("tests");
    let expected = |set: &str| -> Vec<f64> {
        let test = tests.iter().find(|test| test["set"].as_str() == Some(set)).expect("a test of the card");
        test["scores"].as_array().expect("scores").iter().filter_map(toml::Value::as_float).collect()
    };
    let size = model.size().expect("a side");
    let black = vec![0, 0, 0, 255].repeat(size * size);
    let answer = model.look(&Picture::new(black, size, size).expect("a picture")).expect("an answer");
    for (chance, expected) in answer.chances.iter().zip(expected("picture: black")) {
        assert!((f64::from(*chance) - expected).abs() <= 1e-4, "{chance} and {expected}");
    }
    let score = answer.score.expect("a score");
    assert!((score - answer.chances[1] - answer.chances[3]).abs() < 1e-6, "hentai and porn are added up");
    assert!(!answer.flagged);
}
