//! A language of made-up words, common ones short.

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Of `0..1`.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something happens that does so in `percent` of all cases.
    pub fn happens(&mut self, percent: f64) -> bool {
        self.share() * 100.0 < percent
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// A rank of `from..to` as Zipf's law has it: each as often as its place says.
    pub fn rank(&mut self, from: u64, to: u64) -> u64 {
        let ratio = to as f64 / from as f64;
        ((from as f64 * ratio.powf(self.share())) as u64).clamp(from, to - 1)
    }
}

/// How many ordinary words there are.
pub const WORDS: u64 = 60_000;
/// How many names (of people, products, places) there are.
pub const NAMES: u64 = 2_000_000;
/// How many accounts there are.
pub const ACCOUNTS: u64 = 1_000_000;
/// How many domains there are.
pub const DOMAINS: u64 = 1_000_000;
/// How many stock phrases there are.
pub const PHRASES: u64 = 1_000_000;

const ONSETS: [&str; 24] = [
    "b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "cl", "st", "tr",
    "sh", "ch", "pl", "gr",
];
const RHYMES: [&str; 22] = [
    "a", "e", "i", "o", "u", "an", "er", "in", "on", "ar", "ent", "ing", "al", "or", "is", "ea", "ou", "ay",
    "el", "um", "ack", "ine",
];

fn syllables(seed: u64, count: u64) -> String {
    let mut random = Random(seed);
    (0..count).map(|_| format!("{}{}", random.pick(&ONSETS), random.pick(&RHYMES))).collect()
}

/// The ordinary word of a rank, from 1.
pub fn word(rank: u64) -> String {
    let count = match rank {
        0..300 => 1,
        300..6_000 => 2,
        _ => 2 + rank % 2,
    };
    syllables(rank, count)
}

/// The name of a rank, from 1.
pub fn name(rank: u64) -> String {
    syllables(rank.wrapping_add(1 << 40), 2 + rank % 3)
}

/// The handle of an account, the most active first.
pub fn handle(rank: u64) -> String {
    match rank % 4 {
        0 => format!("{}{}", name(rank), rank % 1000),
        1 => format!("{}_{}", name(rank), word(rank % 5000)),
        2 => format!("{}{}", word(rank % 9000), name(rank)),
        _ => name(rank),
    }
}

/// The registrable domain of a rank, from 1.
pub fn domain(rank: u64) -> String {
    let end = ["com", "com", "com", "net", "org", "in", "io", "co.uk"][(rank % 8) as usize];
    match rank % 3 {
        0 => format!("{}-{}.{end}", word(rank % 9000), name(rank)),
        _ => format!("{}{}.{end}", name(rank), word(rank % 2000)),
    }
}

/// The stock phrase of a rank: two to five words, none of them rare, and one of them none of the commonest ("of the" is
/// nobody's stock phrase).
pub fn phrase(rank: u64) -> String {
    let mut random = Random(rank.wrapping_add(1 << 50));
    let count = 2 + random.below(4);
    let telling = random.below(count);
    let words: Vec<String> =
        (0..count).map(|place| word(random.rank(if place == telling { 300 } else { 1 }, 8_000))).collect();
    words.join(" ")
}
