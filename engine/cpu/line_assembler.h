// What the code of lines is made of: where operands are, and the ways to memory and back.
#pragma once

#include <xbyak/xbyak.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "engine/cpu/line_code.h"
#include "engine/cpu/line_schedule.h"

namespace ganflow::cpu {

// Of vectors of `bytes`: 32 has 16 registers, one of which is the mask of what is left of a row, 64
// has 32 and a register for masks alone. Two more hold operands that have no register.
inline int value_registers(int bytes) { return bytes == 64 ? 30 : 13; }

//   rdi line   rcx column   rsi columns of whole vectors, then how many are left   rax, rdx free
class LineAssembler : public Xbyak::CodeGenerator {
 protected:
  using Address = Xbyak::Address;
  using Operand = Xbyak::Operand;
  using Reg64 = Xbyak::Reg64;
  using Xmm = Xbyak::Xmm;
  using Ymm = Xbyak::Ymm;

  LineAssembler(const LinePlan& plan, int bytes, std::vector<std::uint8_t>& text)
      : CodeGenerator(text.size(), text.data()),
        plan_(plan),
        bytes_(bytes),
        first_(value_registers(bytes)) {}

  const LinePlan& plan_;
  const int bytes_;
  const int first_, second_ = first_ + 1;  // of the registers for operands that have none
  bool rest_ = false;                      // less than a vector is left of the row

  bool wide() const { return bytes_ == 64; }
  int width() const { return bytes_ / 4; }
  Xmm vector(int i) const { return wide() ? Xmm(Xbyak::Zmm(i)) : Xmm(Ymm(i)); }
  Ymm mask() const { return Ymm(first_ + 2); }  // 32 bytes only; k7 of 64

  const std::vector<Reg64> pointers_{r8, r9, r10, r11, r12, r13, r14, r15, rbx, rbp};
  std::size_t in_registers() const { return std::min(plan_.accesses.size(), pointers_.size()); }
  Address field(std::size_t offset) { return qword[rdi + static_cast<int>(offset)]; }
  static std::size_t at(std::size_t i) { return offsetof(LineRun, at) + 8 * i; }
  static std::size_t step(std::size_t i) { return offsetof(LineRun, step) + 8 * i; }

  void constants_behind_the_code() {
    align(64);
    for (auto& [bits, label] : constants_) {
      L(label);
      for (int i = 0; i < width(); ++i) dd(bits);
    }
    L(masks_);
    for (int i = 0; i < 2 * width(); ++i) dd(i < width() ? 0xffffffff : 0);
  }

  void mask_of_rest() {
    if (wide()) {
      mov(eax, -1);
      bzhi(eax, eax, esi);
      return kmovd(k7, eax);
    }
    lea(rax, ptr[rip + masks_]);
    mov(edx, width());
    sub(rdx, rsi);
    vmovups(mask(), ptr[rax + rdx * 4]);
  }

  Address constant(std::uint32_t bits) { return ptr[rip + constants_[bits]]; }
  Address slot(int i) { return ptr[rsp + i * bytes_]; }

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
        if (wide()) return ptr[base];
        mov(edx, ecx);
        and_(edx, 16 - width());
        return ptr[base + rdx * 4];
      case Access::As::reals:
      case Access::As::indices:
        break;
    }
    return ptr[base + rcx * 4];
  }

  void read(const Xmm& to, int access) {
    const Address from = place(access);
    switch (plan_.accesses[static_cast<std::size_t>(access)].as) {
      case Access::As::number:
        return vbroadcastss(to, from);
      case Access::As::masks:
        if (rest_ && wide()) {
          vpmovzxbd(to | k7 | T_z, from);
        } else if (rest_) {
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
  void read_words(const Xmm& to, const Address& from) {
    if (!rest_) return vmovups(to, from);
    if (wide()) return vmovups(to | k7 | T_z, from);
    vmaskmovps(to, mask(), from);
  }
  void write_words(const Address& to, const Xmm& from) {
    if (!rest_) return vmovups(to, from);
    if (wide()) return vmovups(to | k7, from);
    vmaskmovps(to, mask(), from);
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
  Xmm held(const LaneValue& v, int free) {
    switch (v.at) {
      case LaneValue::At::lane_register:
        return vector(v.index);
      case LaneValue::At::slot:
        vmovups(vector(free), slot(v.index));
        break;
      case LaneValue::At::constant:
        vmovups(vector(free), constant(v.bits));
        break;
      case LaneValue::At::memory:
        read(vector(free), v.index);
        break;
    }
    return vector(free);
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

  void write_masks(int access, const Xmm& x) {
    if (wide()) {
      const Xmm ones = vector(second_);
      vpsrld(ones, x, 31);
      const Address to = place(access);
      return rest_ ? vpmovdb(to | k7, ones) : vpmovdb(to, ones);
    }
    const Xmm low(first_), high(second_);
    vextracti128(high, Ymm(x.getIdx()), 1);
    vpackssdw(low, Xmm(x.getIdx()), high);
    vpacksswb(low, low, low);
    vpand(low, low, constant(0x01010101));
    write_bytes(place(access), low);
  }

 private:
  std::map<std::uint32_t, Xbyak::Label> constants_;
  Xbyak::Label masks_;
};

}  // namespace ganflow::cpu
