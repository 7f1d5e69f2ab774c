import { escapeHtml, forgePage, type PageReply } from '../../server/page.ts';

/** @param main HTML with all outside text escaped */
export const page = (title: string, main: string, status = 200): PageReply =>
  forgePage('GitHub', title, main, status);

export const refusalPage = (status: number, text: string): PageReply =>
  page(status === 404 ? 'Page not found' : 'Be careful!', `<p>${escapeHtml(text)}</p>`, status);

export const NOT_FOUND_PAGE = refusalPage(404, 'This is not the web page you are looking for.');
