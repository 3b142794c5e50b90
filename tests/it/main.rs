//! What a person sees: the program run as a whole and its pages opened in a real browser.

mod browser;
mod forms;
mod hostile;
mod house;
mod interface;
mod linkage;
mod lost;
mod offline;
mod phone;
mod program;
mod report;
mod result;
mod serve;
mod server;
mod siege;
mod spellings;
mod targets;
mod threats;
mod visitor;
mod workbench;
mod written;
