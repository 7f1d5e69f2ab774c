import classes from './copy-button.module.css';
import { CopyButton } from './copy-button.tsx';

interface CopyBlockProps {
  readonly text: string;
  /** What is copied. */
  readonly label: string;
}

/** Lines of text to be pasted elsewhere. */
export const CopyBlock = ({ text, label }: CopyBlockProps) => (
  <div className={classes.block}>
    <pre>{text}</pre>
    <div className={classes.copy}>
      <CopyButton value={text} label={label} />
    </div>
  </div>
);
