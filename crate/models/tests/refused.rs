//! Bad input: each case is refused, with a message that says why, before anything is run; and what is near it is taken.

use diffract_models::{Checked, Composed, Model, Picture, Refusal};
use prost::Message;
use sha2::{Digest, Sha256};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, StringStringEntryProto, TensorProto,
    tensor_shape_proto, type_proto,
};

/// The shipped spam model: `grams`, `gram_weights` → `logits`, with a table of 65,536 rows.
fn spam() -> (toml::Table, ModelProto) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/spam");
    let card = std::fs::read_to_string(folder.join("card.toml")).expect("a card");
    let file = std::fs::read(folder.join("model.onnx")).expect("a model");
    (card.parse().expect("TOML"), ModelProto::decode(file.as_slice()).expect("ONNX"))
}

/// A card that tells the truth about a file.
fn card_of(mut card: toml::Table, file: &[u8]) -> String {
    let digest: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
    let said = card["file"].as_table_mut().expect("a table");
    said.insert("sha256".to_owned(), digest.into());
    said.insert("bytes".to_owned(), i64::try_from(file.len()).expect("small").into());
    card.to_string()
}

fn check(card: toml::Table, model: &ModelProto) -> Result<(), Refusal> {
    let file = model.encode_to_vec();
    Checked::new(&card_of(card, &file), &file).map(|_| ())
}

/// The refusal of a spam model that was changed.
fn refusal(change: impl FnOnce(&mut GraphProto)) -> Refusal {
    let (card, mut model) = spam();
    change(model.graph.as_mut().expect("a graph"));
    check(card, &model).expect_err("refused")
}

fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        op_type: operator.to_owned(),
        input: inputs.iter().map(|&name| name.to_owned()).collect(),
        output: vec![output.to_owned()],
        ..NodeProto::default()
    }
}

fn with_axis(mut node: NodeProto, axis: i64) -> NodeProto {
    let attribute =
        AttributeProto { name: "axis".to_owned(), i: axis, r#type: 2, ..AttributeProto::default() };
    node.attribute.push(attribute);
    node
}

fn floats(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        name: name.to_owned(),
        dims: dims.to_vec(),
        data_type: 1,
        raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        ..TensorProto::default()
    }
}

/// Puts nodes before the last one, which gives `logits`; the last of them is added to what was there.
fn add(graph: &mut GraphProto, nodes: Vec<NodeProto>) {
    let mut last = graph.node.pop().expect("nodes");
    let sum = node("Add", &[&last.input[0], &nodes.last().expect("nodes").output[0].clone()], "sum");
    last.input[0] = "sum".to_owned();
    graph.node.extend(nodes);
    graph.node.push(sum);
    graph.node.push(last);
}

#[test]
fn what_is_changed_without_harm_is_taken() {
    let (card, mut model) = spam();
    let graph = model.graph.as_mut().expect("a graph");
    graph.initializer.push(floats("zero", &[1], &[0.0]));
    add(graph, vec![node("Tanh", &["zero"], "nothing")]);
    check(card.clone(), &model).expect("taken");
    let file = model.encode_to_vec();
    let changed = Model::open(&card_of(card, &file), &file).expect("prepared");
    let answers = changed.read(&[Composed::new("FREE entry! Win cash now, text WIN")]).expect("read");
    assert!(answers[0].score.is_some_and(|score| (0.0..=1.0).contains(&score)));
}

#[test]
fn not_onnx() {
    let (card, _) = spam();
    for file in [&b"hello, I am no model at all"[..], b"PK\x03\x04 a zip", b"", b"\x08\x08", &[0xFF; 64]] {
        let card = card_of(card.clone(), file);
        assert!(Checked::new(&card, file).is_err());
    }
}

#[test]
fn truncated_anywhere() {
    let (card, model) = spam();
    let file = model.encode_to_vec();
    let whole = file.len();
    for end in (1..100).chain((100..whole).step_by(whole / 20)) {
        let part = &file[..end];
        assert!(
            Checked::new(&card_of(card.clone(), part), part).is_err(),
            "the first {end} bytes were taken"
        );
    }
}

#[test]
fn damaged_anywhere_never_panics() {
    let (card, model) = spam();
    let file = model.encode_to_vec();
    // What is not the table: the ends of the file.
    for place in (0..300).chain(file.len() - 300..file.len()) {
        for flip in [0x01, 0xFF] {
            let mut damaged = file.clone();
            damaged[place] ^= flip;
            let _ = Checked::new(&card_of(card.clone(), &damaged), &damaged);
        }
    }
}

#[test]
fn another_hash_or_length() {
    let (card, model) = spam();
    let mut file = model.encode_to_vec();
    let card = card_of(card, &file);
    let last = file.len() - 1;
    file[last / 2] ^= 1;
    assert!(matches!(Checked::new(&card, &file), Err(Refusal::OtherFile { .. })));
    assert!(matches!(Checked::new(&card, &file[..last]), Err(Refusal::OtherFile { .. })));
}

#[test]
fn huge() {
    let (mut card, _) = spam();
    card["file"].as_table_mut().expect("a table").insert("bytes".to_owned(), (3_i64 << 30).into());
    let problem = Checked::new(&card.to_string(), b"").err().expect("refused").to_string();
    assert!(problem.contains("file.bytes") && problem.contains("64 MB"), "{problem}");
}

#[test]
fn operators_that_are_not_taken() {
    let problem = refusal(|graph| add(graph, vec![node("Einsum", &["gram_weights"], "more")]));
    assert_eq!(problem, Refusal::Operator("Einsum".to_owned()));
    let problem = refusal(|graph| graph.node[0].domain = "com.microsoft".to_owned());
    assert_eq!(problem, Refusal::Domain("com.microsoft".to_owned()));
}

#[test]
fn loops_and_branches() {
    for operator in ["Loop", "Scan", "If"] {
        assert_eq!(
            refusal(|graph| add(graph, vec![node(operator, &["gram_weights"], "more")])),
            Refusal::Loop
        );
    }
    let hidden = |graph: &mut GraphProto| {
        let body = AttributeProto {
            name: "body".to_owned(),
            g: Some(GraphProto::default()),
            r#type: 5,
            ..AttributeProto::default()
        };
        graph.node[0].attribute.push(body);
    };
    assert_eq!(refusal(hidden), Refusal::Loop);
}

#[test]
fn nodes_in_a_circle_or_of_nothing() {
    let circle =
        |graph: &mut GraphProto| add(graph, vec![node("Tanh", &["b"], "a"), node("Tanh", &["a"], "b")]);
    assert_eq!(refusal(circle), Refusal::Name("b".to_owned()));
    let twice = |graph: &mut GraphProto| add(graph, vec![node("Tanh", &["gram_weights"], "grams")]);
    assert_eq!(refusal(twice), Refusal::Name("grams".to_owned()));
}

#[test]
fn a_tensor_of_two_gigabytes() {
    // Claimed: 2^29 floats, without their bytes.
    let claimed = |graph: &mut GraphProto| graph.initializer.push(floats("much", &[1 << 29], &[1.0]));
    assert!(matches!(refusal(claimed), Refusal::TooLarge { .. }));
    let overflowing =
        |graph: &mut GraphProto| graph.initializer.push(floats("much", &[1 << 40, 1 << 40], &[1.0]));
    assert!(matches!(refusal(overflowing), Refusal::TooLarge { .. }));
    // Made: a small constant, doubled thirty times while the model is loaded.
    let doubled = |graph: &mut GraphProto| {
        graph.initializer.push(floats("part0", &[1], &[1.0]));
        let nodes = (0..30).map(|i| {
            let part = format!("part{i}");
            with_axis(node("Concat", &[&part, &part], &format!("part{}", i + 1)), 0)
        });
        let nodes = nodes.collect();
        add(graph, nodes);
    };
    assert!(matches!(refusal(doubled), Refusal::TooLarge { .. }));
    // Made of what is read: each gram with each.
    let crossed = |graph: &mut GraphProto| {
        graph.initializer.push(TensorProto {
            name: "last".to_owned(),
            dims: vec![1],
            data_type: 7,
            int64_data: vec![2],
            ..TensorProto::default()
        });
        let column = node("Unsqueeze", &["gram_weights", "last"], "column");
        let row = node("Unsqueeze", &["gram_weights", "c_6"], "row");
        add(graph, vec![column, row, node("Mul", &["column", "row"], "square")]);
    };
    assert_eq!(refusal(crossed), Refusal::TooLarge { what: "square".to_owned(), most: 64 << 20 });
}

/// Nodes that make [batch, 512, 512] of each text, and multiply it by itself as often as is said: 134 million multiplications each time.
fn squares(graph: &mut GraphProto, times: usize) -> Vec<NodeProto> {
    let side = 512;
    graph.initializer.push(floats("wide", &[1, 512 * 512], &vec![1e-4; side * side]));
    graph.initializer.push(TensorProto {
        name: "square".to_owned(),
        dims: vec![3],
        data_type: 7,
        int64_data: vec![-1, 512, 512],
        ..TensorProto::default()
    });
    let mut nodes =
        vec![node("MatMul", &["add_11", "wide"], "flat"), node("Reshape", &["flat", "square"], "power0")];
    nodes.extend((0..times).map(|i| {
        let power = format!("power{i}");
        node("MatMul", &[&power, &power], &format!("power{}", i + 1))
    }));
    nodes
}

#[test]
fn too_many_multiplications() {
    let (card, mut model) = spam();
    let graph = model.graph.as_mut().expect("a graph");
    let nodes = squares(graph, 40);
    let at = graph.node.len() - 1;
    graph.node.splice(at..at, nodes);
    assert!(matches!(check(card, &model), Err(Refusal::TooCostly { .. })));
}

#[test]
fn a_matrix_that_is_small_but_used_often() {
    let (card, mut model) = spam();
    let graph = model.graph.as_mut().expect("a graph");
    // One constant of 4 MB. The runtime would keep a copy of it for each of its two hundred places.
    let side = 1024;
    graph.initializer.push(floats("matrix", &[1024, 1024], &vec![1e-4; side * side]));
    graph.initializer.push(floats("wide", &[1, 1024], &vec![1e-4; side]));
    let mut nodes = vec![node("MatMul", &["add_11", "wide"], "wide0")];
    nodes.extend(
        (0..200).map(|i| node("MatMul", &[&format!("wide{i}"), "matrix"], &format!("wide{}", i + 1))),
    );
    let at = graph.node.len() - 1;
    graph.node.splice(at..at, nodes);
    assert!(matches!(check(card, &model), Err(Refusal::TooLarge { .. })));
}

#[test]
fn weights_that_are_no_numbers() {
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let raw = |graph: &mut GraphProto| graph.initializer.push(floats("bad", &[2], &[0.0, value]));
        assert_eq!(refusal(raw), Refusal::NotFinite("bad".to_owned()));
        let listed = |graph: &mut GraphProto| {
            let mut tensor = floats("bad", &[1], &[]);
            tensor.raw_data.clear();
            tensor.float_data = vec![value];
            graph.initializer.push(tensor);
        };
        assert_eq!(refusal(listed), Refusal::NotFinite("bad".to_owned()));
    }
}

#[test]
fn weights_in_other_files() {
    let outside = |graph: &mut GraphProto| {
        let mut tensor = floats("far", &[1], &[]);
        tensor.data_location = Some(1);
        tensor
            .external_data
            .push(StringStringEntryProto { key: "location".to_owned(), value: "/etc/passwd".to_owned() });
        graph.initializer.push(tensor);
    };
    assert_eq!(refusal(outside), Refusal::External);
}

#[test]
fn weights_of_another_length_than_they_say() {
    let short = |graph: &mut GraphProto| graph.initializer.push(floats("short", &[3], &[0.0, 1.0]));
    assert_eq!(refusal(short), Refusal::Shape("short".to_owned()));
}

#[test]
fn cards_that_lie() {
    let (card, model) = spam();
    let lie = |change: &dyn Fn(&mut toml::Table)| {
        let mut card = card.clone();
        change(&mut card);
        check(card, &model).expect_err("refused")
    };
    // More rows than the table has.
    let bits = lie(&|card| {
        drop(card["input"].as_table_mut().expect("a table").insert("bits".to_owned(), 17.into()))
    });
    assert!(matches!(bits, Refusal::Rows(_)), "{bits}");
    // More labels than come out.
    let labels = lie(&|card| drop(card.insert("labels".to_owned(), toml::Value::from(vec!["spam", "ham"]))));
    assert!(matches!(labels, Refusal::Ports(_)), "{labels}");
    let output = lie(&|card| {
        drop(card["output"].as_table_mut().expect("a table").insert("name".to_owned(), "chances".into()))
    });
    assert!(output.to_string().contains("gives logits, and by its card it gives chances"), "{output}");
    let opset = lie(&|card| {
        drop(card["file"].as_table_mut().expect("a table").insert("opset".to_owned(), 15.into()))
    });
    assert_eq!(opset, Refusal::OtherOpset { card: 15, model: 13 });
}

#[test]
fn graphs_that_lie_about_their_inputs() {
    let fixed = |graph: &mut GraphProto| {
        let kind = graph.input[0].r#type.as_mut().and_then(|kind| kind.value.as_mut()).expect("a type");
        let type_proto::Value::TensorType(tensor) = kind;
        tensor.shape.as_mut().expect("a shape").dim[0].value =
            Some(tensor_shape_proto::dimension::Value::DimValue(7));
    };
    let problem = refusal(fixed).to_string();
    assert!(problem.contains("`grams` has the shape [7, free]"), "{problem}");
    let more = |graph: &mut GraphProto| {
        let mut input = graph.input[0].clone();
        input.name = "more".to_owned();
        graph.input.push(input);
    };
    assert!(refusal(more).to_string().contains("by its card it is fed gram_weights, grams"));
}

#[test]
fn cards_without_a_key_say_which() {
    let (card, model) = spam();
    let keys = [
        "format",
        "name",
        "task",
        "about",
        "finds",
        "labels",
        "languages",
        "licence",
        "experimental",
        "missed",
        "failures",
    ];
    for key in keys.into_iter().chain(["file", "input", "output", "thresholds", "cost", "data", "test"]) {
        let mut card = card.clone();
        card.remove(key);
        let file = model.encode_to_vec();
        let text = if key == "file" { card.to_string() } else { card_of(card, &file) };
        let problem =
            Checked::new(&text, &file).err().unwrap_or_else(|| panic!("taken without {key}")).to_string();
        assert!(problem.contains(&format!("`{key}`")), "{key}: {problem}");
    }
    for (table, key) in [
        ("file", "sha256"),
        ("file", "bytes"),
        ("input", "kind"),
        ("input", "bits"),
        ("output", "activation"),
        ("thresholds", "default"),
    ] {
        let file = model.encode_to_vec();
        let mut card: toml::Table = card_of(card.clone(), &file).parse().expect("TOML");
        card[table].as_table_mut().expect("a table").remove(key);
        let problem = Checked::new(&card.to_string(), &file)
            .err()
            .unwrap_or_else(|| panic!("taken without {key}"))
            .to_string();
        assert!(problem.contains(key), "{table}.{key}: {problem}");
    }
}

#[test]
fn cards_with_values_that_cannot_be() {
    let (card, model) = spam();
    let file = model.encode_to_vec();
    let good = card_of(card, &file);
    let cases = [
        ("format = 1", "format = 2", "`format` is 2"),
        ("name = \"spam\"", "name = \"../spam\"", "`name`"),
        ("name = \"model.onnx\"", "name = \"../../etc/passwd\"", "`file.name`"),
        ("task = \"classify\"", "task = \"destroy\"", "task"),
        ("grams = 1", "grams = 2", "`input.grams`"),
        ("bits = 16", "bits = 60", "`input.bits`"),
        ("bits = 16", "bits = \"sixteen\"", "bits"),
        ("kind = \"logistic\"", "kind = \"magic\"", "calibration"),
        ("default = \"1%\"", "default = \"best\"", "`thresholds.default`"),
        ("experimental = ", "experimental = 3 # ", "experimental"),
    ];
    for (from, to, expected) in cases {
        assert!(good.contains(from), "{from}");
        let problem = Checked::new(&good.replacen(from, to, 1), &file)
            .err()
            .unwrap_or_else(|| panic!("{to}"))
            .to_string();
        assert!(problem.contains(expected), "{to}: {problem}");
    }
    let problem = Checked::new("format = 1\nname = \n", &file).err().expect("refused").to_string();
    assert!(problem.contains("line 2"), "{problem}");
    assert!(Checked::new(&"#".repeat(1 << 20), &file).is_err());
}

#[test]
fn a_text_of_a_megabyte_is_cut_off() {
    let (card, model) = spam();
    let file = model.encode_to_vec();
    let model = Model::open(&card_of(card, &file), &file).expect("prepared");
    let long = "win a prize now ".repeat(70_000);
    assert!(long.len() > 1 << 20);
    let first: String = long.chars().take(1000).collect();
    let answers = model.read(&[Composed::new(&long), Composed::new(&first)]).expect("read");
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn pixels_that_are_no_picture() {
    assert!(Picture::new(vec![0; 16], 2, 2).is_ok());
    for (bytes, width, height) in [(15, 2, 2), (0, 0, 0), (4, usize::MAX, usize::MAX), (4, 1 << 16, 1 << 16)]
    {
        assert!(Picture::new(vec![0; bytes], width, height).is_err());
    }
}
