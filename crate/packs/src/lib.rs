//! Rule packs as folders: `pack.toml`, rules, lists, cases. Reads and checks them; touches no disk itself.
