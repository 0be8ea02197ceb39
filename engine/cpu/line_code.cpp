#include "engine/cpu/line_code.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <vector>

#include "engine/cpu/code.h"
#include "engine/cpu/line_assembler.h"
#include "engine/cpu/line_schedule.h"

namespace ganflow::cpu {
namespace {

// The code of a plan: for every row the body on whole vectors, then once on the rest under a mask.
class LineEmitter : public LineAssembler {
 public:
  LineEmitter(const LinePlan& plan, const LineSchedule& schedule, int bytes,
              std::vector<std::uint8_t>& text)
      : LineAssembler(plan, bytes, text), schedule_(schedule) {
    emit();
  }
  // What is enough for it: the longest step writes some bytes under a mask.
  static std::size_t most_bytes(const LinePlan& plan, const LineSchedule& schedule, int bytes) {
    std::size_t spills = 0;
    for (const LineStep& s : schedule.steps) spills += s.spilled.size();
    return 2048 + 2 * (160 * schedule.steps.size() + 16 * spills) +
           static_cast<std::size_t>(bytes) * (plan.graph.nodes().size() + 1);
  }

 private:
  const LineSchedule& schedule_;

  void emit() {
    const std::vector<Reg64> saved{rbx, rbp, r12, r13, r14, r15};
    for (const Reg64& r : saved) push(r);
    sub(rsp, schedule_.slots * bytes_ + 8);
    for (std::size_t i = 0; i < in_registers(); ++i) mov(pointers_[i], field(at(i)));
    Xbyak::Label row, whole, left, next;
    L(row);
    mov(rsi, field(offsetof(LineRun, columns)));
    xor_(ecx, ecx);
    and_(rsi, -width());
    jz(left, T_NEAR);
    align(16);
    L(whole);
    body(false);
    add(rcx, width());
    cmp(rcx, rsi);
    jb(whole, T_NEAR);
    L(left);
    mov(rsi, field(offsetof(LineRun, columns)));
    sub(rsi, rcx);
    jz(next, T_NEAR);
    mask_of_rest();
    body(true);
    L(next);
    for (std::size_t i = 0; i < plan_.accesses.size(); ++i) next_row(i);
    dec(field(offsetof(LineRun, rows)));
    jnz(row, T_NEAR);
    vzeroupper();
    add(rsp, schedule_.slots * bytes_ + 8);
    for (std::size_t i = saved.size(); i-- > 0;) pop(saved[i]);
    ret();
    constants_behind_the_code();
  }

  void next_row(std::size_t i) {
    if (i < in_registers()) {
      add(pointers_[i], field(step(i)));
    } else {
      mov(rax, field(step(i)));
      add(field(at(i)), rax);
    }
  }

  void body(bool rest) {
    rest_ = rest;
    for (const LineStep& s : schedule_.steps) {
      for (const auto& [from, to] : s.spilled) vmovups(slot(to), vector(from));
      if (s.effect >= 0)
        act(plan_.effects[static_cast<std::size_t>(s.effect)], s);
      else
        compute(plan_.graph[s.node], s);
    }
  }

  void compute(const LaneNode& node, const LineStep& s) {
    const Xmm y = vector(s.target);
    const auto& v = s.operands;
    const auto binary = [&](auto emit, int left = 0) {
      const Xmm a = held(v[left], first_);
      with(v[1 - left], second_, [&](const Operand& b) { emit(a, b); });
    };
    // Either order gives the same bits.
    const int swapped =
        v[0].at != LaneValue::At::lane_register && v[1].at == LaneValue::At::lane_register;
    const auto compare = [&](int how) {
      binary([&](const Xmm& a, const Operand& b) {
        if (!wide()) return vcmpps(y, a, b, static_cast<std::uint8_t>(how));
        vcmpps(k1, a, b, static_cast<std::uint8_t>(how));
        vpmovm2d(y, k1);
      });
    };
    switch (node.op) {
      case LaneOp::input:
        return read(y, static_cast<int>(node.number));
      case LaneOp::constant:
        return;  // never in a register for long
      case LaneOp::add:
        return binary([&](const Xmm& a, const Operand& b) { vaddps(y, a, b); }, swapped);
      case LaneOp::sub:
        return binary([&](const Xmm& a, const Operand& b) { vsubps(y, a, b); });
      case LaneOp::mul:
        return binary([&](const Xmm& a, const Operand& b) { vmulps(y, a, b); }, swapped);
      case LaneOp::div:
        return binary([&](const Xmm& a, const Operand& b) { vdivps(y, a, b); });
      case LaneOp::multiply_add:
      case LaneOp::multiply_subtract:
      case LaneOp::negated_multiply:
        return multiply(node.op, s);
      case LaneOp::least:
        return binary([&](const Xmm& a, const Operand& b) { vminps(y, a, b); });
      case LaneOp::greatest:
        return binary([&](const Xmm& a, const Operand& b) { vmaxps(y, a, b); });
      case LaneOp::root:
        return with(v[0], first_, [&](const Operand& a) { vsqrtps(y, a); });
      case LaneOp::floor:
        return with(v[0], first_, [&](const Operand& a) {
          if (wide()) return vrndscaleps(y, a, 9);
          vroundps(y, a, 9);
        });
      case LaneOp::greater:
        return compare(0x1e);
      case LaneOp::greater_equal:
        return compare(0x1d);
      case LaneOp::equal:
        return compare(0x00);
      case LaneOp::unequal:
        return compare(0x04);  // NaN is unequal
      case LaneOp::pick: {
        // The target is none of the operands' registers.
        if (wide()) {
          const Xmm c = held(v[2], s.target);
          if (c.getIdx() != s.target) vmovaps(y, c);
          const Xmm a = held(v[0], first_);
          return with(v[1], second_, [&](const Operand& b) { vpternlogd(y, a, b, 0xca); });
        }
        const Xmm c = held(v[2], first_), b = held(v[1], s.target);
        return with(v[0], second_, [&](const Operand& a) { vblendvps(y, b, a, c); });
      }
      case LaneOp::bit_and:
        return binary([&](const Xmm& a, const Operand& b) { vandps(y, a, b); }, swapped);
      case LaneOp::bit_or:
        return binary([&](const Xmm& a, const Operand& b) { vorps(y, a, b); }, swapped);
      case LaneOp::bit_xor:
        return binary([&](const Xmm& a, const Operand& b) { vxorps(y, a, b); }, swapped);
      case LaneOp::but_not:
        return binary([&](const Xmm& a, const Operand& b) { vandnps(y, a, b); });
      case LaneOp::whole_add:
        return binary([&](const Xmm& a, const Operand& b) { vpaddd(y, a, b); }, swapped);
      case LaneOp::whole_sub:
        return binary([&](const Xmm& a, const Operand& b) { vpsubd(y, a, b); });
      case LaneOp::shift_left:
        return vpslld(y, held(v[0], first_), static_cast<std::uint8_t>(node.number));
      case LaneOp::shift_right:
        return vpsrad(y, held(v[0], first_), static_cast<std::uint8_t>(node.number));
      case LaneOp::from_whole:
        return with(v[0], first_, [&](const Operand& a) { vcvtdq2ps(y, a); });
    }
  }

  // The target holds operand s.over, which is lost; where it is another register it is put there.
  void multiply(LaneOp how, const LineStep& s) {
    const Xmm y = vector(s.target);
    const auto& v = s.operands;
    const LaneValue& over = v[s.over];
    if (over.at != LaneValue::At::lane_register || over.index != s.target) {
      const Xmm from = held(over, s.target);
      if (from.getIdx() != s.target) vmovaps(y, from);
    }
    if (s.over == 2) {
      const int left =
          v[0].at != LaneValue::At::lane_register && v[1].at == LaneValue::At::lane_register;
      const Xmm a = held(v[left], first_);
      return with(v[1 - left], second_, [&](const Operand& b) {
        if (how == LaneOp::multiply_add) return vfmadd231ps(y, a, b);
        if (how == LaneOp::multiply_subtract) return vfmsub231ps(y, a, b);
        vfnmadd231ps(y, a, b);
      });
    }
    const LaneValue &factor = v[1 - s.over], &added = v[2];
    if (added.at == LaneValue::At::lane_register)
      return with(factor, second_, [&](const Operand& b) {
        const Xmm c = vector(added.index);
        if (how == LaneOp::multiply_add) return vfmadd132ps(y, c, b);
        if (how == LaneOp::multiply_subtract) return vfmsub132ps(y, c, b);
        vfnmadd132ps(y, c, b);
      });
    const Xmm b = held(factor, first_);
    with(added, second_, [&](const Operand& c) {
      if (how == LaneOp::multiply_add) return vfmadd213ps(y, b, c);
      if (how == LaneOp::multiply_subtract) return vfmsub213ps(y, b, c);
      vfnmadd213ps(y, b, c);
    });
  }

  void act(const Effect& effect, const LineStep& s) {
    const auto as = plan_.accesses[static_cast<std::size_t>(effect.access)].as;
    const Xmm x = held(s.operands[0], first_), other = vector(second_);
    if (effect.what == Effect::What::add) return add_up(effect.access, x, other);
    switch (as) {
      case Access::As::masks:
        return write_masks(effect.access, x);
      case Access::As::indices:
        vcvttps2dq(other, x);
        return write_words(place(effect.access), other);
      default:
        return write_words(place(effect.access), x);
    }
  }

  void add_up(int access, const Xmm& x, const Xmm& other) {
    if (plan_.accesses[static_cast<std::size_t>(access)].as != Access::As::lanes) {
      const Address sum = place(access);
      read_words(other, sum);
      vaddps(other, other, x);
      return write_words(sum, other);
    }
    Xmm from = x;
    if (rest_) {
      from = vector(first_);
      if (wide())
        vmovaps(from | k7 | T_z, x);
      else
        vandps(from, x, mask());
    }
    const Address sum = place(access);
    vaddps(other, from, sum);
    vmovups(sum, other);
  }
};

}  // namespace

std::vector<std::uint8_t> line_text(const LinePlan& plan, int vector_bytes) {
  const LineSchedule schedule = schedule_line(plan, value_registers(vector_bytes));
  std::vector<std::uint8_t> text(LineEmitter::most_bytes(plan, schedule, vector_bytes));
  text.resize(LineEmitter(plan, schedule, vector_bytes, text).getSize());
  return text;
}

std::shared_ptr<const LineCode> LineCode::make(const LinePlan& plan, int vector_bytes) {
  if (vector_bytes < 32 || !may_make_code()) return nullptr;
  const std::vector<std::uint8_t> text = line_text(plan, vector_bytes);
  const std::shared_ptr<LineCode> code(new LineCode);
  code->bytes_ = text.size();
  void* memory =
      ::mmap(nullptr, code->bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  code->memory_ = memory;
  std::memcpy(memory, text.data(), code->bytes_);
  if (::mprotect(memory, code->bytes_, PROT_READ | PROT_EXEC) != 0) return nullptr;
  code->run_ = reinterpret_cast<void (*)(LineRun*)>(memory);
  return code;
}

LineCode::~LineCode() {
  if (memory_) ::munmap(memory_, bytes_);
}

}  // namespace ganflow::cpu
