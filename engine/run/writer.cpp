#include "engine/run/writer.h"

#include <algorithm>

#include "engine/run/evaluation.h"
#include "engine/run/timeline.h"

namespace ganflow {
namespace {

// Between flushes and progress reports: "at least twice a second".
constexpr auto kTick = std::chrono::milliseconds(250);

}  // namespace

Writer::Writer(const Context& context) : context_(context), ticked_(Clock::now()) {
  for (const Replica& replica : context_.replicas) {
    Feed& feed = feeds_.emplace_back();
    feed.progress.replica = static_cast<int>(feeds_.size()) - 1;
    feed.progress.steps = context_.steps;
    feed.progress.step = feed.timed_step = replica.start().steps;
    if (replica.restored()) feed.committed[0] = replica.start().steps;
  }
  inbox_.reserve(context_.capacity);
  pending_.reserve(context_.capacity);
  thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() { finish(); }

void Writer::finish() {
  {
    const std::lock_guard lock(mutex_);
    finish_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Writer::push(Delivery& delivery) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(&delivery);
  }
  wake_.notify_one();
}

void Writer::loop() {
  for (;;) {
    bool finish = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_until(lock, ticked_ + kTick, [&] { return finish_ || !inbox_.empty(); });
      pending_.insert(pending_.end(), inbox_.begin(), inbox_.end());
      inbox_.clear();
      finish = finish_;
    }
    for (;;) {
      const auto next = std::find_if(pending_.begin(), pending_.end(),
                                     [&](const Delivery* d) { return deliverable(*d); });
      if (next == pending_.end()) break;
      Delivery& delivery = **next;
      pending_.erase(next);
      deliver(delivery);
      if (Clock::now() >= ticked_ + kTick) tick();
    }
    if (finish || Clock::now() >= ticked_ + kTick) tick();
    if (finish) return;
  }
}

bool Writer::deliverable(const Delivery& d) const {
  const Feed& feed = feeds_[d.replica()];
  if (d.commits_before != feed.commits) return false;
  if (d.kind != Delivery::Kind::evaluation && d.rows_before != feed.rows) return false;
  return d.kind == Delivery::Kind::rows || d.evaluations_before == feed.evaluations_done;
}

template <class Body>
void Writer::guarded(Body&& body) {
  if (failed_) return;
  try {
    body();
  } catch (...) {
    error_ = std::current_exception();
    failed_ = true;
  }
}

void Writer::deliver(Delivery& delivery) {
  const auto begin = Clock::now();
  Feed& feed = feeds_[delivery.replica()];
  const int replica = delivery.replica();
  switch (delivery.kind) {
    case Delivery::Kind::rows:
      guarded([&] { write(static_cast<RowBlock&>(delivery)); });
      ++feed.rows;
      break;
    case Delivery::Kind::evaluation:
      guarded([&] { write(static_cast<EvaluationSlot&>(delivery)); });
      ++feed.evaluations_done;
      break;
    case Delivery::Kind::commit:
      guarded([&] { write(static_cast<SnapshotSlot&>(delivery)); });
      ++feed.commits;
      break;
  }
  const std::uint64_t occurrence = feed.rows;
  const auto end = Clock::now();
  const int node = context_.nodes.of(replica).writer;
  context_.trace.add(context_.thread, {node, replica, occurrence, begin, end});
  context_.statistics.add(
      context_.thread, static_cast<std::size_t>(node),
      static_cast<std::uint64_t>(std::chrono::nanoseconds(end - begin).count()));
  returned_(delivery);
}

void Writer::write(RowBlock& block) {
  Feed& feed = feeds_[block.replica()];
  const LoweredReplica& lowered =
      context_.replicas[static_cast<std::size_t>(block.replica())].lowered();
  std::optional<std::size_t> shown;  // the phase of the critic with the most rows
  for (std::size_t p = 0; p < block.rows.size(); ++p)
    if (counts(lowered.phases, static_cast<int>(p)) &&
        block.rows[p] > (shown ? block.rows[*shown] : 0))
      shown = p;
  for (std::size_t p = 0; p < block.rows.size(); ++p) {
    if (block.rows[p] == 0) continue;
    const Table& table = lowered.tables[p];
    const std::span<const std::byte> rows(
        block.bytes.data() + block.begin[p],
        table.row_bytes() * static_cast<std::size_t>(block.rows[p]));
    context_.sink.rows(block.replica(), static_cast<int>(p), rows);
    if (p != shown) continue;
    const RowView last = table.last_row(rows);
    feed.news = true;
    feed.progress.step = static_cast<Step>(last.step());
    feed.progress.values.clear();
    for (std::size_t c = 1; c < table.columns().size(); ++c)
      feed.progress.values.emplace_back(table.columns()[c].name, last.number(c));
  }
}

void Writer::write(EvaluationSlot& slot) {
  if (slot.failed) {
    feeds_[slot.replica()].evaluation_failed = true;
    return;
  }
  const Replica& replica = context_.replicas[slot.replica()];
  const int index = replica.lowered().evaluations[slot.evaluation].table;
  if (index < 0) {
    context_.sink.samples(slot.replica(),
                          samples_of(slot, replica.lowered().evaluations[slot.evaluation]));
    return;
  }
  const Table& table = replica.lowered().tables[static_cast<std::size_t>(index)];
  std::vector<std::byte> row(table.row_bytes());
  RowWriter writer(table, row.data());
  writer.put(slot.step);
  auto& values = feeds_[slot.replica()].evaluations[table.name];
  for (std::size_t c = 1; c < table.columns().size(); ++c) {
    writer.put(slot.values[c - 1]);
    values[table.columns()[c].name] = slot.values[c - 1];
  }
  context_.sink.rows(slot.replica(), index, row);
  if (const auto seen = seen_of(slot, replica.lowered().evaluations[slot.evaluation]))
    context_.sink.samples(slot.replica(), *seen);
}

void Writer::write(SnapshotSlot& slot) {
  Feed& feed = feeds_[slot.replica()];
  if (feed.evaluation_failed) return;  // of this step or an earlier one, whichever came first
  write_timing(slot.replica(), slot);
  context_.sink.commit(slot.replica(), slot.snapshot);
  feed.committed = {slot.snapshot.step, feed.committed[0]};
}

void Writer::write_timing(int replica, const SnapshotSlot& slot) {
  Feed& feed = feeds_[replica];
  const std::vector<Table>& tables = context_.replicas[replica].lowered().tables;
  std::vector<std::byte> row(tables.back().row_bytes());
  const double now = seconds_between(context_.start, Clock::now());
  const double seconds = now - feed.timed_seconds;
  const auto steps = static_cast<double>(slot.snapshot.step - feed.timed_step);
  RowWriter writer(tables.back(), row.data());
  writer.put(slot.snapshot.step);
  writer.put(now);
  writer.put(seconds > 0 ? steps / seconds : 0.0);
  writer.put(slot.writer_wait_seconds);
  const Nodes::Shape& shape = context_.nodes.of(replica);
  for (int n = shape.first; n <= shape.writer; ++n)
    writer.put(context_.statistics.busy_seconds(static_cast<std::size_t>(n)));
  feed.timed_step = slot.snapshot.step;
  feed.timed_seconds = now;
  context_.sink.rows(replica, static_cast<int>(tables.size()) - 1, row);
}

void Writer::tick() {
  guarded([&] { context_.sink.flush(); });
  guarded([&] { report(); });
  ticked_ = Clock::now();
}

void Writer::report() {
  if (!context_.progress) return;
  for (Feed& feed : feeds_) {
    if (!feed.news) continue;
    feed.news = false;
    feed.progress.seconds = seconds_between(context_.start, Clock::now());
    context_.progress(feed.progress);
  }
}

}  // namespace ganflow
