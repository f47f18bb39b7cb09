;; Unmasks a payload in place, 64 octets at a time (RFC 6455, section 5.3). Its bytes stand in `simd-unmask.ts`.
(module
  ;; 256 KiB to read into.
  (memory (export "memory") 4 4)

  ;; Unmasks memory[at, end); `key` has its first octet lowest. Returns 0 when every octet of the result is ASCII.
  (func (export "unmask") (param $at i32) (param $end i32) (param $key i32) (result i32)
    (local $last i32) (local $high i32)
    (local $keys v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $seen v128)
    (local.set $keys (i32x4.splat (local.get $key)))

    (local.set $last (i32.sub (local.get $end) (i32.const 64)))
    (block $fewer
      (loop $next
        (br_if $fewer (i32.gt_s (local.get $at) (local.get $last)))
        (local.set $a (v128.xor (v128.load align=1 (local.get $at)) (local.get $keys)))
        (local.set $b (v128.xor (v128.load offset=16 align=1 (local.get $at)) (local.get $keys)))
        (local.set $c (v128.xor (v128.load offset=32 align=1 (local.get $at)) (local.get $keys)))
        (local.set $d (v128.xor (v128.load offset=48 align=1 (local.get $at)) (local.get $keys)))
        (v128.store align=1 (local.get $at) (local.get $a))
        (v128.store offset=16 align=1 (local.get $at) (local.get $b))
        (v128.store offset=32 align=1 (local.get $at) (local.get $c))
        (v128.store offset=48 align=1 (local.get $at) (local.get $d))
        (local.set $seen
          (v128.or (local.get $seen)
            (v128.or
              (v128.or (local.get $a) (local.get $b))
              (v128.or (local.get $c) (local.get $d)))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $next)))

    (local.set $last (i32.sub (local.get $end) (i32.const 4)))
    (block $fewer
      (loop $next
        (br_if $fewer (i32.gt_s (local.get $at) (local.get $last)))
        (i32.store align=1 (local.get $at)
          (i32.xor (i32.load align=1 (local.get $at)) (local.get $key)))
        (local.set $high (i32.or (local.get $high) (i32.load align=1 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $next)))

    (block $none
      (loop $next
        (br_if $none (i32.ge_s (local.get $at) (local.get $end)))
        (i32.store8 (local.get $at)
          (i32.xor (i32.load8_u (local.get $at)) (local.get $key)))
        (local.set $high (i32.or (local.get $high) (i32.load8_u (local.get $at))))
        (local.set $key (i32.shr_u (local.get $key) (i32.const 8)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))

    (i32.or
      (i8x16.bitmask (local.get $seen))
      (i32.and (local.get $high) (i32.const 0x80808080)))))
