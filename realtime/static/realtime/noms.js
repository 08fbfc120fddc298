/** Names in sentences, as plateforme/socle/typographie.py does for templates. */

/** « de Nadia », « d’Aminata », « d’Hélène », « d’Yves », « de Yann ». */
export function de(nom) {
  const nu = nom.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  return /^([aeiouh]|y[^aeiouy])/.test(nu) ? `d’${nom}` : `de ${nom}`;
}
