#include "engine/cpu/line_code.h"

#include <sys/mman.h>
#include <xbyak/xbyak.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <vector>

#include "engine/cpu/code.h"
#include "engine/cpu/isa.h"
#include "engine/cpu/line_schedule.h"

namespace ganflow::cpu {
namespace {

using Xbyak::Address;
using Xbyak::Operand;
using Xbyak::Reg64;
using Xbyak::Xmm;
using Xbyak::Ymm;

constexpr int kWidth = 8;  // elements of a vector
constexpr int kBytes = 4 * kWidth;

// The code of a plan: for every row the body on whole vectors, then once on the rest under a mask.
//
//   rdi line   rcx column   rsi columns of whole vectors, then how many are left   rax, rdx free
//   ymm0 .. 12 values   ymm13, 14 operands that have no register   ymm15 the mask of the rest
class LineEmitter : public Xbyak::CodeGenerator {
 public:
  LineEmitter(const LinePlan& plan, const LineSchedule& schedule, std::vector<std::uint8_t>& text)
      : CodeGenerator(text.size(), text.data()), plan_(plan), schedule_(schedule) {
    emit();
  }
  // What is enough for it: the longest step writes some bytes under a mask.
  static std::size_t most_bytes(const LinePlan& plan, const LineSchedule& schedule) {
    std::size_t spills = 0;
    for (const LineStep& s : schedule.steps) spills += s.spilled.size();
    return 2048 + 2 * (160 * schedule.steps.size() + 16 * spills) +
           kBytes * plan.graph.nodes().size();
  }

 private:
  static constexpr int kFirst = kLineRegisters, kSecond = kFirst + 1, kMask = kFirst + 2;
  const std::vector<Reg64> pointers_{r8, r9, r10, r11, r12, r13, r14, r15, rbx, rbp};
  const LinePlan& plan_;
  const LineSchedule& schedule_;
  std::map<std::uint32_t, Xbyak::Label> constants_;
  Xbyak::Label masks_;
  bool rest_ = false;

  std::size_t in_registers() const { return std::min(plan_.accesses.size(), pointers_.size()); }
  Address field(std::size_t offset) { return qword[rdi + static_cast<int>(offset)]; }
  static std::size_t at(std::size_t i) { return offsetof(LineRun, at) + 8 * i; }
  static std::size_t step(std::size_t i) { return offsetof(LineRun, step) + 8 * i; }

  void emit() {
    const std::vector<Reg64> saved{rbx, rbp, r12, r13, r14, r15};
    for (const Reg64& r : saved) push(r);
    sub(rsp, schedule_.slots * kBytes + 8);
    for (std::size_t i = 0; i < in_registers(); ++i) mov(pointers_[i], field(at(i)));
    Xbyak::Label row, whole, left, next;
    L(row);
    mov(rsi, field(offsetof(LineRun, columns)));
    xor_(ecx, ecx);
    and_(rsi, -kWidth);
    jz(left, T_NEAR);
    align(16);
    L(whole);
    body(false);
    add(rcx, kWidth);
    cmp(rcx, rsi);
    jb(whole, T_NEAR);
    L(left);
    mov(rsi, field(offsetof(LineRun, columns)));
    sub(rsi, rcx);
    jz(next, T_NEAR);
    lea(rax, ptr[rip + masks_]);
    mov(edx, kWidth);
    sub(rdx, rsi);
    vmovups(Ymm(kMask), ptr[rax + rdx * 4]);
    body(true);
    L(next);
    for (std::size_t i = 0; i < plan_.accesses.size(); ++i) next_row(i);
    dec(field(offsetof(LineRun, rows)));
    jnz(row, T_NEAR);
    vzeroupper();
    add(rsp, schedule_.slots * kBytes + 8);
    for (std::size_t i = saved.size(); i-- > 0;) pop(saved[i]);
    ret();
    align(kBytes);
    for (auto& [bits, label] : constants_) {
      L(label);
      for (int i = 0; i < kWidth; ++i) dd(bits);
    }
    L(masks_);
    for (int i = 0; i < 2 * kWidth; ++i) dd(i < kWidth ? 0xffffffff : 0);
  }

  void next_row(std::size_t i) {
    if (i < in_registers()) {
      add(pointers_[i], field(step(i)));
    } else {
      mov(rax, field(step(i)));
      add(field(at(i)), rax);
    }
  }

  Address constant(std::uint32_t bits) { return ptr[rip + constants_[bits]]; }
  Address slot(int i) { return ptr[rsp + i * kBytes]; }

  // Of the column, in memory.
  Address place(int access) {
    const auto i = static_cast<std::size_t>(access);
    Reg64 base = rax;
    if (i < in_registers())
      base = pointers_[i];
    else
      mov(rax, field(at(i)));
    switch (plan_.accesses[i].as) {
      case Access::As::number:
        return ptr[base];
      case Access::As::masks:
        return ptr[base + rcx];
      case Access::As::lanes:
        mov(edx, ecx);
        and_(edx, 16 - kWidth);
        return ptr[base + rdx * 4];
      case Access::As::reals:
      case Access::As::indices:
        break;
    }
    return ptr[base + rcx * 4];
  }

  void body(bool rest) {
    rest_ = rest;
    for (const LineStep& s : schedule_.steps) {
      for (const auto& [from, to] : s.spilled) vmovups(slot(to), Ymm(from));
      if (s.effect >= 0)
        act(plan_.effects[static_cast<std::size_t>(s.effect)], s);
      else
        compute(plan_.graph[s.node], s);
    }
  }

  void read(const Ymm& to, int access) {
    const Address from = place(access);
    switch (plan_.accesses[static_cast<std::size_t>(access)].as) {
      case Access::As::number:
        return vbroadcastss(to, from);
      case Access::As::masks:
        if (rest_) {
          few_bytes(from);
          vmovq(Xmm(to.getIdx()), rdx);
          vpmovzxbd(to, Xmm(to.getIdx()));
        } else {
          vpmovzxbd(to, from);
        }
        return vcvtdq2ps(to, to);
      case Access::As::indices:
        read_words(to, from);
        return vcvtdq2ps(to, to);
      case Access::As::reals:
      case Access::As::lanes:
        return read_words(to, from);
    }
  }
  void read_words(const Ymm& to, const Address& from) {
    if (rest_)
      vmaskmovps(to, Ymm(kMask), from);
    else
      vmovups(to, from);
  }
  void write_words(const Address& to, const Ymm& from) {
    if (rest_)
      vmaskmovps(to, Ymm(kMask), from);
    else
      vmovups(to, from);
  }

  // rdx: the bytes of the rest, the first one lowest.
  void few_bytes(const Address& from) {
    lea(rax, from);
    add(rax, rsi);
    xor_(edx, edx);
    Xbyak::Label two, four, done;
    test(esi, 1);
    jz(two);
    sub(rax, 1);
    movzx(edx, byte[rax]);
    L(two);
    test(esi, 2);
    jz(four);
    sub(rax, 2);
    shl(rdx, 16);
    mov(dx, word[rax]);
    L(four);
    test(esi, 4);
    jz(done);
    sub(rax, 4);
    shl(rdx, 32);
    mov(eax, dword[rax]);
    or_(rdx, rax);
    L(done);
  }
  void write_bytes(const Address& to, const Xmm& from) {
    if (!rest_) return vmovq(to, from);
    lea(rax, to);
    vmovq(rdx, from);
    Xbyak::Label two, one, done;
    test(esi, 4);
    jz(two);
    mov(dword[rax], edx);
    shr(rdx, 32);
    add(rax, 4);
    L(two);
    test(esi, 2);
    jz(one);
    mov(word[rax], dx);
    shr(rdx, 16);
    add(rax, 2);
    L(one);
    test(esi, 1);
    jz(done);
    mov(byte[rax], dl);
    L(done);
  }

  // A register that holds the operand; `free` where it has none.
  Ymm held(const LaneValue& v, int free) {
    switch (v.at) {
      case LaneValue::At::lane_register:
        return Ymm(v.index);
      case LaneValue::At::slot:
        vmovups(Ymm(free), slot(v.index));
        break;
      case LaneValue::At::constant:
        vmovups(Ymm(free), constant(v.bits));
        break;
      case LaneValue::At::memory:
        read(Ymm(free), v.index);
        break;
    }
    return Ymm(free);
  }
  // f(the operand, in memory where it lies there as it is)
  template <class F>
  void with(const LaneValue& v, int free, F f) {
    const bool as_it_is = v.at == LaneValue::At::memory && !rest_ &&
                          plan_.accesses[static_cast<std::size_t>(v.index)].as == Access::As::reals;
    if (v.at == LaneValue::At::slot) return f(slot(v.index));
    if (v.at == LaneValue::At::constant) return f(constant(v.bits));
    if (as_it_is) return f(place(v.index));
    f(held(v, free));
  }

  void compute(const LaneNode& node, const LineStep& s) {
    const Ymm y(s.target);
    const auto& v = s.operands;
    const auto binary = [&](auto emit, int left = 0) {
      const Ymm a = held(v[left], kFirst);
      with(v[1 - left], kSecond, [&](const Operand& b) { emit(a, b); });
    };
    // Either order gives the same bits.
    const int swapped =
        v[0].at != LaneValue::At::lane_register && v[1].at == LaneValue::At::lane_register;
    const auto compare = [&](int how) {
      binary(
          [&](const Ymm& a, const Operand& b) { vcmpps(y, a, b, static_cast<std::uint8_t>(how)); });
    };
    switch (node.op) {
      case LaneOp::input:
        return read(y, static_cast<int>(node.number));
      case LaneOp::constant:
        return;  // never in a register for long
      case LaneOp::add:
        return binary([&](const Ymm& a, const Operand& b) { vaddps(y, a, b); }, swapped);
      case LaneOp::sub:
        return binary([&](const Ymm& a, const Operand& b) { vsubps(y, a, b); });
      case LaneOp::mul:
        return binary([&](const Ymm& a, const Operand& b) { vmulps(y, a, b); }, swapped);
      case LaneOp::div:
        return binary([&](const Ymm& a, const Operand& b) { vdivps(y, a, b); });
      case LaneOp::multiply_add:
      case LaneOp::multiply_subtract:
      case LaneOp::negated_multiply:
        return multiply(node.op, s);
      case LaneOp::least:
        return binary([&](const Ymm& a, const Operand& b) { vminps(y, a, b); });
      case LaneOp::greatest:
        return binary([&](const Ymm& a, const Operand& b) { vmaxps(y, a, b); });
      case LaneOp::root:
        return with(v[0], kFirst, [&](const Operand& a) { vsqrtps(y, a); });
      case LaneOp::floor:
        return with(v[0], kFirst, [&](const Operand& a) { vroundps(y, a, 9); });
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
        const Ymm c = held(v[2], kFirst), b = held(v[1], s.target);
        return with(v[0], kSecond, [&](const Operand& a) { vblendvps(y, b, a, c); });
      }
      case LaneOp::bit_and:
        return binary([&](const Ymm& a, const Operand& b) { vandps(y, a, b); }, swapped);
      case LaneOp::bit_or:
        return binary([&](const Ymm& a, const Operand& b) { vorps(y, a, b); }, swapped);
      case LaneOp::bit_xor:
        return binary([&](const Ymm& a, const Operand& b) { vxorps(y, a, b); }, swapped);
      case LaneOp::but_not:
        return binary([&](const Ymm& a, const Operand& b) { vandnps(y, a, b); });
      case LaneOp::whole_add:
        return binary([&](const Ymm& a, const Operand& b) { vpaddd(y, a, b); }, swapped);
      case LaneOp::whole_sub:
        return binary([&](const Ymm& a, const Operand& b) { vpsubd(y, a, b); });
      case LaneOp::shift_left:
        return vpslld(y, held(v[0], kFirst), static_cast<std::uint8_t>(node.number));
      case LaneOp::shift_right:
        return vpsrad(y, held(v[0], kFirst), static_cast<std::uint8_t>(node.number));
      case LaneOp::from_whole:
        return with(v[0], kFirst, [&](const Operand& a) { vcvtdq2ps(y, a); });
    }
  }

  // The target holds operand s.over, which is lost; where it is another register it is put there.
  void multiply(LaneOp how, const LineStep& s) {
    const Ymm y(s.target);
    const auto& v = s.operands;
    const LaneValue& over = v[s.over];
    if (over.at != LaneValue::At::lane_register || over.index != s.target) {
      const Ymm from = held(over, s.target);
      if (from.getIdx() != s.target) vmovaps(y, from);
    }
    if (s.over == 2) {
      const int left =
          v[0].at != LaneValue::At::lane_register && v[1].at == LaneValue::At::lane_register;
      const Ymm a = held(v[left], kFirst);
      return with(v[1 - left], kSecond, [&](const Operand& b) {
        if (how == LaneOp::multiply_add) return vfmadd231ps(y, a, b);
        if (how == LaneOp::multiply_subtract) return vfmsub231ps(y, a, b);
        vfnmadd231ps(y, a, b);
      });
    }
    const LaneValue &factor = v[1 - s.over], &added = v[2];
    if (added.at == LaneValue::At::lane_register)
      return with(factor, kSecond, [&](const Operand& b) {
        const Ymm c(added.index);
        if (how == LaneOp::multiply_add) return vfmadd132ps(y, c, b);
        if (how == LaneOp::multiply_subtract) return vfmsub132ps(y, c, b);
        vfnmadd132ps(y, c, b);
      });
    const Ymm b = held(factor, kFirst);
    with(added, kSecond, [&](const Operand& c) {
      if (how == LaneOp::multiply_add) return vfmadd213ps(y, b, c);
      if (how == LaneOp::multiply_subtract) return vfmsub213ps(y, b, c);
      vfnmadd213ps(y, b, c);
    });
  }

  void act(const Effect& effect, const LineStep& s) {
    const auto as = plan_.accesses[static_cast<std::size_t>(effect.access)].as;
    const Ymm x = held(s.operands[0], kFirst), other(kSecond);
    if (effect.what == Effect::What::add) {
      Ymm from = x;
      if (rest_ && as == Access::As::lanes) {
        from = Ymm(kFirst);
        vandps(from, x, Ymm(kMask));
      }
      const Address sum = place(effect.access);
      if (as == Access::As::lanes) {
        vaddps(other, from, sum);
        return vmovups(sum, other);
      }
      read_words(other, sum);
      vaddps(other, other, from);
      return write_words(sum, other);
    }
    switch (as) {
      case Access::As::masks: {
        const Xmm low(kFirst), high(kSecond);
        vextracti128(high, x, 1);
        vpackssdw(low, Xmm(x.getIdx()), high);
        vpacksswb(low, low, low);
        vpand(low, low, constant(0x01010101));
        return write_bytes(place(effect.access), low);
      }
      case Access::As::indices:
        vcvttps2dq(other, x);
        return write_words(place(effect.access), other);
      default:
        return write_words(place(effect.access), x);
    }
  }
};

}  // namespace

std::shared_ptr<const LineCode> LineCode::make(const LinePlan& plan) {
  if (widest_vectors() < kBytes || !may_make_code()) return nullptr;
  const LineSchedule schedule = schedule_line(plan);
  std::vector<std::uint8_t> text(LineEmitter::most_bytes(plan, schedule));
  const std::shared_ptr<LineCode> code(new LineCode);
  code->bytes_ = LineEmitter(plan, schedule, text).getSize();
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
