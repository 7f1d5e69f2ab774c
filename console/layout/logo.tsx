export function Logo({ size = 26 }: { readonly size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="7" fill="#1d4ed8" />
      <path d="M11 25V8h6a5 5 0 0 1 0 10h-6m6 0 5 7" fill="none" stroke="#fff" strokeWidth="3" />
    </svg>
  );
}
